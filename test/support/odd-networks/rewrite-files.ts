/** Changes of a file that the graphs of this project cannot express. */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
} from "onnx-buf";
import { writeModel } from "../../../src/graphs/onnx/write-model.ts";
import { cast, makePlain, node, type OddNetwork, plain, replacing } from "./plain-network.ts";

const { FLOAT, FLOAT16 } = TensorProto_DataType;

/** Stores the tensors of a model as another type, and makes `float32` inputs and outputs that type too. */
export function retyped(
  file: Uint8Array,
  type: TensorProto_DataType,
  encode: (values: Float32Array) => Uint8Array<ArrayBuffer>,
  retypeInput: boolean,
): Uint8Array {
  const model = fromBinary(ModelProtoSchema, file);
  for (const tensor of model.graph?.initializer ?? []) {
    if (tensor.dataType !== FLOAT) continue;
    tensor.rawData = encode(new Float32Array(tensor.rawData.slice().buffer));
    tensor.dataType = type;
  }
  for (const { type: value } of retypeInput
    ? [...(model.graph?.input ?? []), ...(model.graph?.output ?? [])]
    : []) {
    if (value?.value.case === "tensorType") value.value.value.elemType = type;
  }
  return toBinary(ModelProtoSchema, model);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
export const halves = (values: Float32Array) => bytesOf(Float16Array.from(values));
export const doubles = (values: Float32Array) => bytesOf(Float64Array.from(values));
export const upperHalves = (values: Float32Array) =>
  bytesOf(Uint16Array.from(new Uint32Array(values.slice().buffer), (bits) => bits >>> 16));

/** Half precision inside, float32 outside, as converters write it with keep_io_types. */
export function keepIo(): Uint8Array {
  const graph = plain();
  const inner = graph.nodes.map((old) => ({
    ...old,
    inputs: old.inputs.map((name) => (name === "image" ? "image16" : name)),
    outputs: old.outputs.map((name) => (name === "scores" ? "scores16" : name)),
  }));
  const nodes = [cast("image", "image16", FLOAT16), ...inner, cast("scores16", "scores", FLOAT)];
  return retyped(writeModel({ ...graph, nodes }), FLOAT16, halves, false);
}

/** Moves the tensors to another file. */
export function external(location: string): { file: Uint8Array; data: Uint8Array } {
  const model = fromBinary(ModelProtoSchema, makePlain());
  const parts: Uint8Array[] = [];
  let offset = 0;
  const move = (tensor: TensorProto) => {
    const { rawData } = tensor;
    const entries = { location, offset: String(offset), length: String(rawData.byteLength) };
    parts.push(rawData);
    offset += rawData.byteLength;
    tensor.rawData = new Uint8Array();
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    tensor.externalData = Object.entries(entries).map(([key, value]) => ({
      $typeName: "onnx.StringStringEntryProto" as const,
      key,
      value,
    }));
  };
  for (const tensor of model.graph?.initializer ?? []) move(tensor);
  return { file: toBinary(ModelProtoSchema, model), data: Buffer.concat(parts) };
}

export const externalRow = (name: string, location: string): OddNetwork => ({
  name,
  make: () => external(location).file,
  beside: () => new Map([[location, external(location).data]]),
  notes: [],
});

export function sameNodeNames(): Uint8Array {
  const model = fromBinary(ModelProtoSchema, makePlain());
  for (const each of model.graph?.node ?? []) each.name = "node";
  return toBinary(ModelProtoSchema, model);
}

export function twoInputs(): Uint8Array {
  const graph = plain();
  const file = writeModel({ ...graph, nodes: [...graph.nodes] });
  const model = fromBinary(ModelProtoSchema, file);
  const [first] = model.graph?.input ?? [];
  if (first) model.graph?.input.push({ ...first, name: "keep_prob" });
  return toBinary(ModelProtoSchema, model);
}

/** A condition with a graph for each case. */
export function withIf(): Uint8Array {
  const model = fromBinary(
    ModelProtoSchema,
    replacing({ r1: [node("If", ["c1"], "r1", { branch: { int: 0 } })] })(),
  );
  for (const { attribute, opType } of model.graph?.node ?? []) {
    if (opType === "If" && attribute[0]) attribute[0].type = 5;
  }
  return toBinary(ModelProtoSchema, model);
}
