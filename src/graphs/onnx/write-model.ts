import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import type { Attribute, Constant, ElementType, Graph, GraphNode, ValueInfo } from "../graph.ts";

/** The IR version, which ONNX Runtime 1.13 and later can read. */
const IR_VERSION = 8n;

/** The numbers of the element types in ONNX. */
const DATA_TYPES: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int8: TensorProto_DataType.INT8,
  uint8: TensorProto_DataType.UINT8,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

/** Numbers of fields in onnx.proto, for those that hold weights, with the wire type of bytes. */
const GRAPH_TAG = (7 << 3) | 2;
const INITIALIZER_TAG = (5 << 3) | 2;
const RAW_DATA_TAG = (9 << 3) | 2;

/** A graph with any number of float32 inputs. */
export type WritableGraph = Omit<Graph, "input"> & { readonly inputs: readonly ValueInfo[] };

/** Writes a graph as an ONNX file. */
export function writeModel(graph: Graph): Uint8Array<ArrayBuffer> {
  return writeGraph({ ...graph, inputs: [graph.input] });
}

/**
 * Writes a graph with several inputs as an ONNX file. The weights are copied once, into the file: a writer of nested messages would
 * copy them once for each level.
 */
export function writeGraph(graph: WritableGraph): Uint8Array<ArrayBuffer> {
  const model = create(ModelProtoSchema, {
    irVersion: IR_VERSION,
    producerName: "resnet-edge",
    opsetImport: Object.entries(graph.opsets).map(([domain, version]) => ({
      domain,
      version: BigInt(version),
    })),
  });
  const body = create(GraphProtoSchema, {
    name: graph.name,
    node: graph.nodes.map(writeNode),
    input: graph.inputs.map(writeValueInfo),
    output: graph.outputs.map(writeValueInfo),
  });
  // Each part is written with its length before it; the order of fields is free.
  const parts: Uint8Array[] = [toBinary(GraphProtoSchema, body)];
  for (const [name, constant] of graph.constants) {
    const tensor = [
      toBinary(TensorProtoSchema, describeTensor(constant, name)),
      encodeVarints(RAW_DATA_TAG, constant.data.byteLength),
      bytesOf(constant),
    ];
    parts.push(encodeVarints(INITIALIZER_TAG, sumLengths(tensor)), ...tensor);
  }
  return join([
    toBinary(ModelProtoSchema, model),
    encodeVarints(GRAPH_TAG, sumLengths(parts)),
    ...parts,
  ]);
}

function encodeVarints(...numbers: readonly number[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const number of numbers) writer.uint32(number);
  return writer.finish();
}

function sumLengths(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(sumLengths(parts));
  let end = 0;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
  }
  return joined;
}

function writeNode({ operator, domain, inputs, outputs, attributes }: GraphNode) {
  return create(NodeProtoSchema, {
    // The names of nodes must be unique. Those of their outputs are.
    name: outputs.find((output) => output !== "") ?? "",
    opType: operator,
    domain,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([key, value]) => writeAttribute(key, value)),
  });
}

function writeAttribute(name: string, value: Attribute) {
  const type = AttributeProto_AttributeType;
  const write = (fields: object) => create(AttributeProtoSchema, { name, ...fields });
  if ("int" in value) return write({ type: type.INT, i: BigInt(value.int) });
  if ("ints" in value) return write({ type: type.INTS, ints: value.ints.map(BigInt) });
  if ("float" in value) return write({ type: type.FLOAT, f: value.float });
  if ("floats" in value) return write({ type: type.FLOATS, floats: [...value.floats] });
  if ("tensor" in value) return write({ type: type.TENSOR, t: writeTensor(value.tensor, "") });
  return write({ type: type.STRING, s: new TextEncoder().encode(value.text) });
}

function writeTensor(constant: Constant, name: string) {
  return create(TensorProtoSchema, {
    ...describeTensor(constant, name),
    rawData: bytesOf(constant).slice(),
  });
}

/** A tensor without its elements. */
function describeTensor({ type, shape }: Constant, name: string) {
  return create(TensorProtoSchema, { name, dataType: DATA_TYPES[type], dims: shape.map(BigInt) });
}

/** ONNX is little-endian, like every platform that this code runs on. */
function bytesOf({ data }: Constant): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function writeValueInfo({ name, shape }: ValueInfo) {
  // Without a shape, the type is also omitted: ONNX Runtime infers both.
  if (shape === undefined) return create(ValueInfoProtoSchema, { name });
  const dim = shape.map((side) => ({ value: { case: "dimValue" as const, value: BigInt(side) } }));
  const value = { elemType: TensorProto_DataType.FLOAT, shape: { dim } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType" as const, value } },
  });
}
