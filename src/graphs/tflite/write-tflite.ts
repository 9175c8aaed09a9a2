import { Builder, type Offset } from "flatbuffers";
import { OPERATORS, type OperatorKind, writeIntegers } from "./operator-table.ts";
import {
  TENSOR_TYPES,
  type TfliteGraph,
  type TfliteOperator,
  type TfliteQuantization,
  type TfliteTensor,
} from "./tflite-graph.ts";

const IDENTIFIER = "TFL3";
const SCHEMA_VERSION = 3;
/** Weights are read in place, so they must start at addresses that suit any element and SIMD. */
const DATA_ALIGNMENT = 16;
/** Codes above it are only in the newer field of an operator code. */
const MAX_OLD_CODE = 127;
/** The buffer of tensors that are not constants. */
const NO_BUFFER = 0;

/** Writes a graph as a .tflite file. */
export function writeTflite(graph: TfliteGraph): Uint8Array<ArrayBuffer> {
  const builder = new Builder(1024);
  const kinds = [...new Set(graph.operators.map(({ kind }) => kind))];
  const buffers: Offset[] = [writeBuffer(builder, undefined)];
  const tensors = graph.tensors.map((tensor) => {
    if (tensor.data === undefined) return writeTensor(builder, tensor, NO_BUFFER);
    buffers.push(writeBuffer(builder, tensor.data));
    return writeTensor(builder, tensor, buffers.length - 1);
  });
  const operators = graph.operators.map((operator) =>
    writeOperator(builder, operator, kinds.indexOf(operator.kind)),
  );
  const subgraph = writeSubgraph(builder, graph, tensors, operators);
  const codes = writeOffsets(
    builder,
    kinds.map((kind) => writeOperatorCode(builder, kind)),
  );
  const subgraphs = writeOffsets(builder, [subgraph]);
  const allBuffers = writeOffsets(builder, buffers);
  const description = builder.createString("resnet-edge");
  builder.startObject(8);
  builder.addFieldInt32(0, SCHEMA_VERSION, 0);
  builder.addFieldOffset(1, codes, 0);
  builder.addFieldOffset(2, subgraphs, 0);
  builder.addFieldOffset(3, description, 0);
  builder.addFieldOffset(4, allBuffers, 0);
  builder.finish(builder.endObject(), IDENTIFIER);
  return new Uint8Array(builder.asUint8Array());
}

function writeSubgraph(
  builder: Builder,
  graph: TfliteGraph,
  tensorOffsets: readonly Offset[],
  operatorOffsets: readonly Offset[],
): Offset {
  const tensors = writeOffsets(builder, tensorOffsets);
  const inputs = writeIntegers(builder, graph.inputs);
  const outputs = writeIntegers(builder, graph.outputs);
  const operators = writeOffsets(builder, operatorOffsets);
  const name = builder.createString(graph.name);
  builder.startObject(5);
  builder.addFieldOffset(0, tensors, 0);
  builder.addFieldOffset(1, inputs, 0);
  builder.addFieldOffset(2, outputs, 0);
  builder.addFieldOffset(3, operators, 0);
  builder.addFieldOffset(4, name, 0);
  return builder.endObject();
}

function writeBuffer(builder: Builder, data: Uint8Array | undefined): Offset {
  if (data === undefined) {
    builder.startObject(1);
    return builder.endObject();
  }
  // Pads so that the vector starts aligned when it is written, from its end, right after.
  builder.prep(DATA_ALIGNMENT, data.byteLength);
  const vector = builder.createByteVector(data);
  builder.startObject(1);
  builder.addFieldOffset(0, vector, 0);
  return builder.endObject();
}

function writeTensor(builder: Builder, tensor: TfliteTensor, buffer: number): Offset {
  const shape = writeIntegers(builder, tensor.shape);
  const name = builder.createString(tensor.name);
  const quantization = tensor.quantization && writeQuantization(builder, tensor.quantization);
  builder.startObject(9);
  builder.addFieldOffset(0, shape, 0);
  builder.addFieldInt8(1, TENSOR_TYPES[tensor.type], 0);
  builder.addFieldInt32(2, buffer, 0);
  builder.addFieldOffset(3, name, 0);
  if (quantization !== undefined) builder.addFieldOffset(4, quantization, 0);
  builder.addFieldInt8(8, 1, 0);
  return builder.endObject();
}

function writeQuantization(
  builder: Builder,
  { scales, zeroPoints, axis }: TfliteQuantization,
): Offset {
  builder.startVector(4, scales.length, 4);
  for (const scale of scales.toReversed()) builder.addFloat32(scale);
  const scaleVector = builder.endVector();
  builder.startVector(8, zeroPoints.length, 8);
  for (const zeroPoint of zeroPoints.toReversed()) builder.addInt64(BigInt(zeroPoint));
  const zeroVector = builder.endVector();
  builder.startObject(7);
  builder.addFieldOffset(2, scaleVector, 0);
  builder.addFieldOffset(3, zeroVector, 0);
  builder.addFieldInt32(6, axis, 0);
  return builder.endObject();
}

function writeOperatorCode(builder: Builder, kind: OperatorKind): Offset {
  const { code, version } = OPERATORS[kind];
  builder.startObject(4);
  builder.addFieldInt8(0, Math.min(code, MAX_OLD_CODE), 0);
  builder.addFieldInt32(2, version, 1);
  builder.addFieldInt32(3, code, 0);
  return builder.endObject();
}

function writeOperator(builder: Builder, operator: TfliteOperator, codeIndex: number): Offset {
  const { optionsType, writeOptions } = OPERATORS[operator.kind];
  const write = writeOptions as (builder: Builder, operator: TfliteOperator) => Offset;
  const options = optionsType === 0 ? 0 : write(builder, operator);
  const inputs = writeIntegers(builder, operator.inputs);
  const outputs = writeIntegers(builder, operator.outputs);
  builder.startObject(6);
  builder.addFieldInt32(0, codeIndex, 0);
  builder.addFieldOffset(1, inputs, 0);
  builder.addFieldOffset(2, outputs, 0);
  builder.addFieldInt8(3, optionsType, 0);
  if (optionsType !== 0) builder.addFieldOffset(4, options, 0);
  return builder.endObject();
}

function writeOffsets(builder: Builder, offsets: readonly Offset[]): Offset {
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) builder.addOffset(offset);
  return builder.endVector();
}
