/** Folds batch normalisations into the convolutions before them. */
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

/**
 * Folds every BatchNormalization whose input is a convolution that no other node uses.
 *
 * @returns the graph, and the number of folded nodes
 */
export function foldBatchNorm(graph: Graph): { readonly graph: Graph; readonly folded: number } {
  const consumers = findConsumers(graph);
  const producers = findProducers(graph);
  const isOutput = new Set(graph.outputs.map(({ name }) => name));
  const constants = new Map(graph.constants);
  // The folded convolution takes the place of the normalisation; the original convolution is removed.
  const replaced = new Map<GraphNode, GraphNode>();
  const removed = new Set<GraphNode>();
  for (const node of graph.nodes) {
    const [input = ""] = node.inputs;
    const convolution = producers.get(input);
    if (node.operator !== "BatchNormalization" || convolution?.operator !== "Conv") continue;
    if (consumers.get(input)?.length !== 1 || isOutput.has(input)) continue;
    const [data = "", weightName = "", biasName = ""] = convolution.inputs;
    const weight = graph.constants.get(weightName);
    const bias = readFloats(graph, biasName);
    const normalisation = readNormalisation(graph, node);
    const complete = weight?.type === "float" && (biasName === "" || bias) && normalisation;
    if (!complete) continue;
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

function readNormalisation(graph: Graph, node: GraphNode): Normalisation | undefined {
  const [gamma, beta, mean, variance] = node.inputs.slice(1).map((name) => readFloats(graph, name));
  if (!gamma || !beta || !mean || !variance) return undefined;
  return { gamma, beta, mean, variance, epsilon: floatOf(node, "epsilon", EPSILON) };
}

function readFloats({ constants }: Graph, name: string): Float32Array | undefined {
  const constant: Constant | undefined = constants.get(name);
  return constant?.type === "float" ? constant.data : undefined;
}
