/** Reads an ONNX file into a graph. What cannot be represented is refused, never left out. */
import { fromBinary } from "@bufbuild/protobuf";
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type ValueInfoProto,
} from "onnx-buf";
import type { Attribute, Constant, Graph, GraphNode } from "../graph.ts";
import { GraphError } from "../graph-error.ts";

/** A typed array's constructor. */
type ArrayKind<Data, Element> = {
  new (buffer: ArrayBuffer): Data;
  from(list: Iterable<Element>): Data;
  readonly BYTES_PER_ELEMENT: number;
};

/** Names of ONNX's own domain. */
const OWN_DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx"]);

/**
 * Reads a model file with one float32 image input.
 *
 * @param file - what errors call it
 * @param inputSize - side of the image in pixels, where the file leaves it open
 * @throws GraphError GRAPH_UNREADABLE, GRAPH_INPUT_MISMATCH; GRAPH_UNSUPPORTED for several inputs,
 *   subgraphs, functions, or tensors in other files
 */
export function readModel(bytes: Uint8Array, file: string, inputSize: number): Graph {
  const model = parse(bytes, file);
  const graph = model.graph as GraphProto;
  if (model.functions.length > 0) throw unsupported(file, "it defines functions of its own");
  if (graph.sparseInitializer.length > 0) throw unsupported(file, "it has sparse tensors");
  const constants = new Map<string, Constant>();
  for (const tensor of graph.initializer) constants.set(tensor.name, readTensor(tensor, file));
  const nodes: GraphNode[] = [];
  for (const proto of graph.node) {
    const node = readNode(proto, file);
    const value = node.operator === "Constant" ? node.attributes.value : undefined;
    if (value && "tensor" in value) constants.set(node.outputs[0] as string, value.tensor);
    else nodes.push(node);
  }
  // Files of IR 3 list their constants among the inputs.
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const [input, ...others] = inputs;
  if (!input || others.length > 0) throw unsupported(file, `it has ${inputs.length} inputs`);
  return {
    name: graph.name || "network",
    opsets: Object.fromEntries(
      model.opsetImport.map(({ domain, version }) => [
        OWN_DOMAINS.has(domain) ? "" : domain,
        Number(version),
      ]),
    ),
    input: { name: input.name, shape: readInputShape(input, inputSize, file) },
    outputs: graph.output.map(({ name }) => ({ name })),
    nodes,
    constants,
  };
}

function parse(bytes: Uint8Array, file: string): ModelProto {
  let model: ModelProto | undefined;
  let cause: unknown;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    cause = error;
  }
  if (model?.graph && model.graph.node.length > 0) return model;
  throw new GraphError("GRAPH_UNREADABLE", {
    what: `${file} cannot be read as ONNX.`,
    why: "It is damaged or has another format.",
    fix: "Download it again, or give an .onnx file.",
    cause,
  });
}

function readInputShape(input: ValueInfoProto, inputSize: number, file: string): number[] {
  const type = input.type?.value;
  const dims = type?.case === "tensorType" ? type.value.shape?.dim : undefined;
  if (type?.case !== "tensorType" || type.value.elemType !== TensorProto_DataType.FLOAT) {
    throw unsupported(file, `its input ${input.name} is not of float32`);
  }
  const wanted = [1, 3, inputSize, inputSize];
  const given = dims?.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : 0));
  const fits =
    given === undefined ||
    (given.length === 4 && given.every((side, i) => side <= 0 || side === wanted[i]));
  if (fits) return wanted;
  throw new GraphError("GRAPH_INPUT_MISMATCH", {
    what: `${file} does not take images of ${inputSize} px.`,
    why: `Its input ${input.name} has the shape [${given?.join(", ")}], not [${wanted.join(", ")}].`,
    fix: "Give its side as --input-size.",
  });
}

function readNode(proto: NodeProto, file: string): GraphNode {
  const attributes: Record<string, Attribute> = {};
  for (const attribute of proto.attribute) {
    attributes[attribute.name] = readAttribute(attribute, proto, file);
  }
  return {
    operator: proto.opType,
    domain: OWN_DOMAINS.has(proto.domain) ? "" : proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes,
  };
}

function readAttribute(attribute: AttributeProto, node: NodeProto, file: string): Attribute {
  const { type, i, ints, f, floats, s, t } = attribute;
  switch (type) {
    case AttributeProto_AttributeType.INT:
      return { int: Number(i) };
    case AttributeProto_AttributeType.INTS:
      return { ints: ints.map(Number) };
    case AttributeProto_AttributeType.FLOAT:
      return { float: f };
    case AttributeProto_AttributeType.FLOATS:
      return { floats };
    case AttributeProto_AttributeType.STRING:
      return { text: new TextDecoder().decode(s) };
    case AttributeProto_AttributeType.TENSOR:
      if (t) return { tensor: readTensor(t, file) };
  }
  throw unsupported(
    file,
    `the attribute ${attribute.name} of a ${node.opType} has the type ${AttributeProto_AttributeType[type]}`,
  );
}

function readTensor(tensor: TensorProto, file: string): Constant {
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw unsupported(file, `its tensor ${tensor.name} lies in another file`);
  }
  const shape = tensor.dims.map(Number);
  const count = shape.reduce((product, side) => product * side, 1);
  const constant = readElements(tensor, shape, file);
  if (constant.data.length === count) return constant;
  throw unsupported(
    file,
    `its tensor ${tensor.name} has ${constant.data.length} elements, not ${count}`,
  );
}

function readElements(tensor: TensorProto, shape: readonly number[], file: string): Constant {
  const { name, rawData, dataType } = tensor;
  // Either bytes or a list of numbers holds the elements.
  const take = <Data, Element>(array: ArrayKind<Data, Element>, list: Iterable<Element>): Data => {
    if (rawData.byteLength === 0) return array.from(list);
    if (rawData.byteLength % array.BYTES_PER_ELEMENT !== 0) {
      throw unsupported(file, `its tensor ${name} ends amid an element`);
    }
    // A copy, because a view would have to begin at a multiple of the element's size.
    return new array(rawData.slice().buffer);
  };
  switch (dataType) {
    case TensorProto_DataType.FLOAT:
      return { type: "float", shape, data: take(Float32Array, tensor.floatData) };
    case TensorProto_DataType.INT64:
      return { type: "int64", shape, data: take(BigInt64Array, tensor.int64Data) };
    case TensorProto_DataType.INT32:
      return { type: "int32", shape, data: take(Int32Array, tensor.int32Data) };
    case TensorProto_DataType.INT8:
      return { type: "int8", shape, data: take(Int8Array, tensor.int32Data) };
    case TensorProto_DataType.UINT8:
      return { type: "uint8", shape, data: take(Uint8Array, tensor.int32Data) };
    case TensorProto_DataType.BOOL:
      return { type: "bool", shape, data: take(Uint8Array, tensor.int32Data) };
    case TensorProto_DataType.FLOAT16: {
      // As numbers these are the bits of the halves.
      const { buffer } = take(Uint16Array, tensor.int32Data);
      return { type: "float16", shape, data: new Float16Array(buffer) };
    }
  }
  throw unsupported(
    file,
    `its tensor ${name} has the type ${TensorProto_DataType[dataType] ?? dataType}`,
  );
}

function unsupported(file: string, reason: string): GraphError {
  return new GraphError("GRAPH_UNSUPPORTED", {
    what: `${file} is an ONNX file of a kind that is not supported.`,
    why: `A network with one image as its input is needed, but ${reason}.`,
    fix: "Export it again without that, for instance with PyTorch's exporter.",
  });
}
