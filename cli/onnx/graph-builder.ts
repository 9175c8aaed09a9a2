/** Builds an ONNX graph, node by node. */
import { create, toBinary } from "@bufbuild/protobuf";
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

/** Of a node: integers, lists of integers, a float, or text. */
export type Attribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly text: string };

/** Attributes by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** A float32 input or output. */
export type ValueInfo = { readonly name: string; readonly shape: readonly number[] };

/** IR 8 with opset 17: what ONNX Runtime 1.13 and later run. */
const IR_VERSION = 8n;
const OPSET = 17n;

/** A graph in the making. */
export class GraphBuilder {
  readonly #nodes: ReturnType<typeof makeNode>[] = [];
  readonly #tensors: ReturnType<typeof makeTensor>[] = [];

  /** Adds a node with one output, and gives the output's name. */
  add(operator: string, inputs: readonly string[], output: string, attributes: Attributes = {}) {
    this.#nodes.push(makeNode(operator, inputs, output, attributes));
    return output;
  }

  /** Adds a float32 constant, and gives its name. */
  floats(name: string, shape: readonly number[], data: Float32Array): string {
    this.#tensors.push(makeTensor(name, shape, TensorProto_DataType.FLOAT, data));
    return name;
  }

  /** Adds a list of int64, and gives its name. */
  integers(name: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    this.#tensors.push(makeTensor(name, [values.length], TensorProto_DataType.INT64, data));
    return name;
  }

  /** The model file. */
  build(name: string, input: ValueInfo, outputs: readonly ValueInfo[]): Uint8Array<ArrayBuffer> {
    const model = create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: "resnet-edge",
      opsetImport: [{ domain: "", version: OPSET }],
      graph: create(GraphProtoSchema, {
        name,
        node: this.#nodes,
        initializer: this.#tensors,
        input: [makeValueInfo(input)],
        output: outputs.map(makeValueInfo),
      }),
    });
    return toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>;
  }
}

function makeNode(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes,
) {
  return create(NodeProtoSchema, {
    name: output,
    opType: operator,
    input: [...inputs],
    output: [output],
    attribute: Object.entries(attributes).map(([name, value]) => makeAttribute(name, value)),
  });
}

function makeAttribute(name: string, value: Attribute) {
  const type = AttributeProto_AttributeType;
  if ("int" in value) {
    return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(value.int) });
  }
  if ("ints" in value) {
    return create(AttributeProtoSchema, { name, type: type.INTS, ints: value.ints.map(BigInt) });
  }
  if ("float" in value) {
    return create(AttributeProtoSchema, { name, type: type.FLOAT, f: value.float });
  }
  const s = new TextEncoder().encode(value.text);
  return create(AttributeProtoSchema, { name, type: type.STRING, s });
}

function makeTensor(
  name: string,
  shape: readonly number[],
  dataType: TensorProto_DataType,
  data: Float32Array | BigInt64Array,
) {
  return create(TensorProtoSchema, {
    name,
    dataType,
    dims: shape.map(BigInt),
    // Little-endian, as every machine that Node runs on.
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(),
  });
}

function makeValueInfo({ name, shape }: ValueInfo) {
  const dim = shape.map((side) => ({
    value: { case: "dimValue" as const, value: BigInt(side) },
  }));
  const value = { elemType: TensorProto_DataType.FLOAT, shape: { dim } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType" as const, value } },
  });
}
