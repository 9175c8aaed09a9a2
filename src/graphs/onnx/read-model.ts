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
import { widenHalves } from "../widen-halves.ts";
import { type FoundInput, type InputRequest, type Layout, readInput } from "./read-input.ts";

/** The constructor of a typed array. */
type ArrayKind<Data, Element> = {
  new (buffer: ArrayBuffer): Data;
  from(list: Iterable<Element>): Data;
  readonly BYTES_PER_ELEMENT: number;
};

/** The element types that are converted to float32 wherever they occur; the Worker's engine lacks most of their operators. */
const AS_FLOAT: ReadonlyMap<number, string> = new Map([
  [TensorProto_DataType.DOUBLE, "double"],
  [TensorProto_DataType.BFLOAT16, "bfloat16"],
]);

/** What to do about operators with subgraphs. */
const WITHOUT_BRANCHES =
  "Export it with torch.onnx.export(model.eval(), example, path, dynamo=True) and a fixed image size, so that no branches are left, or simplify it with onnxsim.";

/** A file that is being read. */
type Source = {
  readonly file: string;
  /** The element types that were converted to float32. */
  readonly converted: Set<string>;
};

export type ReadModel = {
  readonly graph: Graph;
  /** What the input of the file takes. */
  readonly input: FoundInput;
  /** The element types that were converted to float32: double, bfloat16, float16. */
  readonly converted: readonly string[];
};

/** The names of the domain of ONNX itself. */
const OWN_DOMAINS: ReadonlySet<string> = new Set(["", "ai.onnx"]);

/**
 * Reads a model file with one image input. If that is in NHWC or uint8, the graph begins with what makes it of
 * float32 in NCHW.
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
  return readModelFile(bytes, file, { size, layout }).graph;
}

/**
 * Like {@link readModel}, and says what the input takes and what was converted: double and bfloat16, and float16 if
 * the input has it.
 */
export function readModelFile(bytes: Uint8Array, file: string, request: InputRequest): ReadModel {
  const source: Source = { file, converted: new Set() };
  const { graph, input } = readGraph(bytes, source, request);
  return {
    graph: source.converted.has("float16") ? widenHalves(graph) : graph,
    input,
    converted: [...source.converted],
  };
}

function readGraph(
  bytes: Uint8Array,
  source: Source,
  request: InputRequest,
): Pick<ReadModel, "graph" | "input"> {
  const { file } = source;
  const { model, graph } = parse(bytes, file);
  if (model.functions.length > 0) {
    const [{ name = "", domain = "" } = {}] = model.functions;
    throw unsupported(
      file,
      `it defines its own functions, such as ${domain}.${name}`,
      "Export it with torch.onnx.export(model, example, path, dynamo=True, optimize=True), or inline the functions with onnx.inliner.inline_local_functions.",
    );
  }
  if (graph.sparseInitializer.length > 0) throw unsupported(file, "it has sparse tensors");
  const constants = new Map<string, Constant>();
  for (const tensor of graph.initializer) constants.set(tensor.name, readTensor(tensor, source));
  const nodes: GraphNode[] = [];
  for (const proto of graph.node) {
    const node = readNode(proto, source);
    const value = node.operator === "Constant" ? node.attributes.value : undefined;
    if (value && "tensor" in value) constants.set(node.outputs[0] as string, value.tensor);
    else nodes.push(node);
  }
  // Files of IR version 3 list constants among the inputs.
  const inputs = graph.input.filter(({ name }) => !constants.has(name));
  const [input, ...others] = inputs;
  if (!input || others.length > 0) {
    throw unsupported(
      file,
      `it has ${inputs.length} inputs${others.length > 0 ? `: ${inputs.map(({ name }) => name).join(", ")}` : ""}`,
      "Export a module whose forward() takes the image alone and sets everything else itself.",
    );
  }
  const found = readInput(input, nodes, request, file);
  // An input of another floating-point type becomes float32, like the constants.
  if (found.elements !== "float" && found.elements !== "uint8")
    source.converted.add(found.elements);
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

function readNode(proto: NodeProto, source: Source): GraphNode {
  const attributes: Record<string, Attribute> = {};
  for (const attribute of proto.attribute) {
    attributes[attribute.name] = readAttribute(attribute, proto, source);
  }
  const { to } = attributes;
  if (proto.opType === "Cast" && to && "int" in to && AS_FLOAT.has(to.int)) {
    source.converted.add(AS_FLOAT.get(to.int) as string);
    attributes.to = { int: TensorProto_DataType.FLOAT };
  }
  return {
    operator: proto.opType,
    domain: OWN_DOMAINS.has(proto.domain) ? "" : proto.domain,
    inputs: proto.input,
    outputs: proto.output,
    attributes,
  };
}

function readAttribute(attribute: AttributeProto, node: NodeProto, source: Source): Attribute {
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
      if (t) return { tensor: readTensor(t, source) };
  }
  const isBranch = type === AttributeProto_AttributeType.GRAPH;
  if (isBranch)
    throw unsupported(
      source.file,
      `it has ${withArticle(node.opType)}, which contains graphs`,
      WITHOUT_BRANCHES,
    );
  throw unsupported(
    source.file,
    `the attribute ${attribute.name} of a ${node.opType} has the type ${AttributeProto_AttributeType[type]}`,
  );
}

function readTensor(tensor: TensorProto, source: Source): Constant {
  const { file } = source;
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw unsupported(
      file,
      `its tensor ${tensor.name} is stored in another file`,
      "Give it to model pull together with that file, or export it with external_data=False.",
    );
  }
  const shape = tensor.dims.map(Number);
  const count = shape.reduce((product, side) => product * side, 1);
  const constant = readElements(tensor, shape, source);
  if (constant.data.length === count) return constant;
  throw unsupported(
    file,
    `its tensor ${tensor.name} has ${constant.data.length} elements, not ${count}`,
  );
}

function readElements(tensor: TensorProto, shape: readonly number[], source: Source): Constant {
  const { file, converted } = source;
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
    case TensorProto_DataType.DOUBLE: {
      converted.add("double");
      const data = Float32Array.from(take(Float64Array, tensor.doubleData));
      return { type: "float", shape, data };
    }
    case TensorProto_DataType.BFLOAT16: {
      // The upper half of a float32.
      converted.add("bfloat16");
      const bits = Uint32Array.from(take(Uint16Array, tensor.int32Data), (half) => half << 16);
      return { type: "float", shape, data: new Float32Array(bits.buffer) };
    }
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
    `its tensor ${name} has the type ${TensorProto_DataType[dataType ?? 0] ?? dataType}`,
    "Export it with weights of float32, or of 8-bit integers.",
  );
}

/** `an If`, `a Loop` */
function withArticle(operator: string): string {
  return `${/^[AEIO]/.test(operator) ? "an" : "a"} ${operator}`;
}

function unsupported(
  file: string,
  reason: string,
  fix = "Export it again without that.",
): GraphError {
  return new GraphError("GRAPH_UNSUPPORTED", {
    what: `${file} is not a supported ONNX file.`,
    why: `It must contain a plain network with one image as its input, but ${reason}.`,
    fix,
  });
}
