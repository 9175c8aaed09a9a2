/** Folds normalisations into the convolutions before them. */
import { foldNormalisation, type Normalisation } from "../../graphs/fold-normalisation.ts";
import {
  type Constant,
  findConsumers,
  findProducers,
  floatOf,
  floats,
  type Graph,
  type GraphNode,
  prune,
} from "../../graphs/graph.ts";

/** The default of ONNX. */
const EPSILON = 1e-5;

/** The operators that are folded. */
const NORMALISES: ReadonlySet<string> = new Set(["BatchNormalization", "Mul", "Div", "Add", "Sub"]);

/**
 * Folds every normalisation whose input is a convolution that no other node uses: BatchNormalization, and the
 * factors and offsets per channel that the exporters of TensorFlow write in its place.
 *
 * @returns the graph, and the number of folded nodes
 */
export function foldBatchNorm(graph: Graph): { readonly graph: Graph; readonly folded: number } {
  const once = foldOnce(graph);
  if (once.folded === 0) return once;
  // A factor and an offset follow each other.
  const rest = foldBatchNorm(once.graph);
  return { graph: rest.graph, folded: once.folded + rest.folded };
}

function foldOnce(graph: Graph): { readonly graph: Graph; readonly folded: number } {
  const consumers = findConsumers(graph);
  const producers = findProducers(graph);
  const isOutput = new Set(graph.outputs.map(({ name }) => name));
  const constants = new Map(graph.constants);
  // The folded convolution takes the place of the normalisation; the original convolution is removed.
  const replaced = new Map<GraphNode, GraphNode>();
  const removed = new Set<GraphNode>();
  for (const node of graph.nodes) {
    if (!NORMALISES.has(node.operator) || node.domain !== "") continue;
    const input = node.inputs.find((name) => producers.get(name)?.operator === "Conv") ?? "";
    const convolution = producers.get(input);
    if (!convolution || removed.has(convolution) || replaced.has(convolution)) continue;
    if (consumers.get(input)?.length !== 1 || isOutput.has(input)) continue;
    const [data = "", weightName = "", biasName = ""] = convolution.inputs;
    const weight = graph.constants.get(weightName);
    const bias = readFloats(graph, biasName);
    if (weight?.type !== "float" || (biasName !== "" && !bias)) continue;
    const normalisation = readNormalisation(graph, node, input, weight.shape[0] as number);
    if (!normalisation) continue;
    const folded = foldNormalisation(weight.data, bias, normalisation);
    const output = node.outputs[0] as string;
    const names = [`${output}.weight`, `${output}.bias`] as const;
    constants.set(names[0], floats(weight.shape, folded.weight));
    constants.set(names[1], floats([folded.bias.length], folded.bias));
    replaced.set(node, { ...convolution, inputs: [data, ...names], outputs: [output] });
    removed.add(convolution);
  }
  const nodes = graph.nodes
    .filter((node) => !removed.has(node))
    .map((node) => replaced.get(node) ?? node);
  return { graph: prune({ ...graph, nodes, constants }), folded: replaced.size };
}

function readNormalisation(
  graph: Graph,
  node: GraphNode,
  input: string,
  channels: number,
): Normalisation | undefined {
  if (node.operator !== "BatchNormalization") return readArithmetic(graph, node, input, channels);
  const [gamma, beta, mean, variance] = node.inputs.slice(1).map((name) => readFloats(graph, name));
  if (!gamma || !beta || !mean || !variance) return undefined;
  return { gamma, beta, mean, variance, epsilon: floatOf(node, "epsilon", EPSILON) };
}

/** Reads a factor or an offset for each channel as a normalisation with variance 1. */
function readArithmetic(
  graph: Graph,
  { operator, inputs }: GraphNode,
  input: string,
  channels: number,
): Normalisation | undefined {
  const isFirst = inputs[0] === input;
  const values = readPerChannel(graph, inputs[isFirst ? 1 : 0] ?? "", channels);
  if (!values) return undefined;
  const [zeros, ones] = [new Float32Array(channels), new Float32Array(channels).fill(1)];
  const plain = { gamma: ones, beta: zeros, mean: zeros, variance: ones, epsilon: 0 };
  switch (operator) {
    case "Mul":
      return { ...plain, gamma: values };
    case "Add":
      return { ...plain, beta: values };
    case "Sub":
      return isFirst
        ? { ...plain, mean: values }
        : { ...plain, gamma: ones.map((one) => -one), beta: values };
    case "Div":
      return isFirst ? { ...plain, gamma: values.map((value) => 1 / value) } : undefined;
  }
  return undefined;
}

/** Reads a constant that has one number for all channels, or one for each: [C, 1, 1] or [1, C, 1, 1]. */
function readPerChannel(
  { constants }: Graph,
  name: string,
  channels: number,
): Float32Array | undefined {
  const constant = constants.get(name);
  if (constant?.type !== "float" || constant.shape.length > 4) return undefined;
  const { data, shape } = constant;
  if (data.length === 1) return new Float32Array(channels).fill(data[0] as number);
  // Shapes are aligned at their ends, so the channels are third from last.
  const isPerChannel = data.length === channels && shape.at(-3) === channels;
  return isPerChannel ? data : undefined;
}

function readFloats({ constants }: Graph, name: string): Float32Array | undefined {
  const constant: Constant | undefined = constants.get(name);
  return constant?.type === "float" ? constant.data : undefined;
}
