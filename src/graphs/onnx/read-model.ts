/** Reads an ONNX file into a graph. Parts that cannot be represented are rejected, never ignored. */
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
} from "onnx-buf";
import type { Size } from "../../imaging/choose-reduction.ts";
import { adaptInput } from "../adapt-input.ts";
import type { Attribute, Constant, Graph, GraphNode } from "../graph.ts";
import { GraphError } from "../graph-error.ts";
import { type FoundInput, type InputRequest, type Layout, readInput } from "./read-input.ts";

/** The constructor of a typed array. */
type ArrayKind<Data, Element> = {
  new (buffer: ArrayBuffer): Data;
  from(list: Iterable<Element>): Data;
  readonly BYTES_PER_ELEMENT: number;
};

/** The names of the domain of ONNX itself. */
const OWN_DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx"]);

/**
 * Reads a model file with one image input. If that is in NHWC, float16 or uint8, the graph begins with what makes
 * it of float32 in NCHW.
 *
 * @param file - the name of the file in error messages
 * @param size - of the image in pixels, one number if it is square; the input must have this size or leave it
 *   open. If undefined, that of the input.
 * @param layout - if undefined, it is found in the shape of the input
 * @throws GraphError GRAPH_UNREADABLE, GRAPH_INPUT_MISMATCH; GRAPH_UNSUPPORTED if it has several inputs,
 *   subgraphs, functions, or tensors in other files
 */
export function readModel(
  bytes: Uint8Array,
  file: string,
  size?: number | Size,
  layout?: Layout,
): Graph {
  return readModelAndInput(bytes, file, { size, layout }).graph;
}

/**
 * {@link readModel}, and what the input of the file takes.
 *
 * @throws GraphError as readModel does
 */
export function readModelAndInput(
  bytes: Uint8Array,
  file: string,
  request: InputRequest,
): { readonly graph: Graph; readonly input: FoundInput } {
  const { model, graph } = parse(bytes, file);
  if (model.functions.length > 0) throw unsupported(file, "it defines custom functions");
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
  // Files of IR version 3 list constants among the inputs.
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const [input, ...others] = inputs;
  if (!input || others.length > 0) throw unsupported(file, `it has ${inputs.length} inputs`);
  const found = readInput(input, nodes, request, file);
  const { width, height } = found.size;
  const read: Graph = {
    name: graph.name || "network",
    opsets: Object.fromEntries(
      model.opsetImport.map(({ domain, version }) => [
        OWN_DOMAINS.has(domain) ? "" : domain,
        Number(version),
      ]),
    ),
    input: { name: input.name, shape: [1, 3, height, width] },
    outputs: graph.output.map(({ name }) => ({ name })),
    nodes,
    constants,
  };
  return { graph: adaptInput(read, found), input: found };
}

function parse(bytes: Uint8Array, file: string): { model: ModelProto; graph: GraphProto } {
  let model: ModelProto | undefined;
  let cause: unknown;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    cause = error;
  }
  if (model?.graph && model.graph.node.length > 0) return { model, graph: model.graph };
  throw new GraphError("GRAPH_UNREADABLE", {
    what: `${file} cannot be read as ONNX.`,
    why: "The file is damaged or has another format.",
    fix: "Download it again, or use an .onnx file.",
    cause,
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
    throw unsupported(file, `its tensor ${tensor.name} is stored in another file`);
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
  // The elements are given either as bytes or as a list of numbers.
  const take = <Data, Element>(array: ArrayKind<Data, Element>, list: Iterable<Element>): Data => {
    if (rawData.byteLength === 0) return array.from(list);
    if (rawData.byteLength % array.BYTES_PER_ELEMENT !== 0) {
      throw unsupported(file, `its tensor ${name} ends within an element`);
    }
    // Copied, because a view must start at a multiple of the element size.
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
      // In a list of numbers, each number has the bits of one float16.
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
    what: `${file} is not a supported ONNX file.`,
    why: `It must contain a plain network with one image as its input, but ${reason}.`,
    fix: "Export it again without that, for example with PyTorch's exporter.",
  });
}
