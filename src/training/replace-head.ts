/** Gives a network a linear classifier for other classes. */
import {
  findProducers,
  floats,
  type Graph,
  type GraphNode,
  intOf,
  makeNode,
  prune,
} from "../graphs/graph.ts";
import { GraphError } from "../graphs/graph-error.ts";
import { findHead } from "../quantize/prepare/find-head.ts";
import { inferShapes } from "./infer-shapes.ts";

/** The names of the parameters of a new head, [N, D] and [N]. */
export const NEW_HEAD = { weight: "head.weight", bias: "head.bias" } as const;

/**
 * Replaces the classifier. The new one begins with zeros, so that all classes are equally likely before the first
 * step, and the first steps do not pull the features towards random directions.
 *
 * @param logits - the name of the tensor with one number for each class, which keeps its name
 * @throws GraphError GRAPH_UNSUPPORTED if the network does not end in a linear layer: a Gemm, a MatMul, or a convolution
 *   of one pixel before or after the mean over positions
 */
export function replaceHead(graph: Graph, logits: string, classes: number): Graph {
  const last = findProducers(graph).get(logits);
  const { outputs, nodes, embedding, width } = readGemm(graph, last) ?? findOther(graph, logits);
  const inputs = [embedding, NEW_HEAD.weight, NEW_HEAD.bias];
  const head = makeNode("Gemm", inputs, logits, { transB: { int: 1 } });
  const constants = new Map(graph.constants);
  constants.set(NEW_HEAD.weight, floats([classes, width], new Float32Array(classes * width)));
  constants.set(NEW_HEAD.bias, floats([classes], new Float32Array(classes)));
  const replaced = graph.nodes.flatMap((node) => (node === last ? [...nodes, head] : [node]));
  return prune({ ...graph, outputs, nodes: replaced, constants });
}

/** What a classifier takes. */
type Classifier = {
  /** Outputs of the network that stay when the classifier is gone. */
  readonly outputs: Graph["outputs"];
  /** What has to be added to compute the embedding. */
  readonly nodes: readonly GraphNode[];
  /** The name of the tensor that a linear layer takes, [1, D] */
  readonly embedding: string;
  /** D */
  readonly width: number;
};

function readGemm(graph: Graph, last: GraphNode | undefined): Classifier | undefined {
  const weight = graph.constants.get(last?.inputs[1] ?? "");
  if (last?.operator !== "Gemm" || !weight) return undefined;
  const width = weight.shape[intOf(last, "transB", 0) === 1 ? 1 : 0] as number;
  return { outputs: graph.outputs, nodes: [], embedding: last.inputs[0] as string, width };
}

/** A MatMul, or a convolution of one pixel. */
function findOther(graph: Graph, logits: string): Classifier {
  const needed = prune({ ...graph, outputs: [{ name: logits }] });
  const { linear, features, embedding } = findHead(needed, logits, inferShapes(needed));
  const start = features ?? embedding;
  if (!linear || start === undefined) {
    const operator = findProducers(needed).get(logits)?.operator ?? "nothing";
    throw new GraphError("GRAPH_UNSUPPORTED", {
      what: `${graph.name} cannot be given other classes.`,
      why: `Its output ${logits} is computed by ${operator}, and not by a linear layer.`,
      fix: "Use a network that ends in a mean over positions and a linear layer.",
    });
  }
  const isBefore = new Set(prune({ ...needed, outputs: [{ name: start }] }).nodes);
  const isClassifier = (node: GraphNode) =>
    !isBefore.has(node) && node.inputs.some((name) => needed.constants.get(name)?.type === "float");
  const old = new Set(needed.nodes.filter(isClassifier));
  const outputs = graph.outputs.filter(
    ({ name }) =>
      name === logits || !prune({ ...graph, outputs: [{ name }] }).nodes.some((x) => old.has(x)),
  );
  const [pooled, flat] = [`${logits}.pooled`, `${logits}.embedding`];
  const nodes = [
    ...(features === undefined ? [] : [makeNode("GlobalAveragePool", [features], pooled)]),
    makeNode("Flatten", [features === undefined ? start : pooled], flat, { axis: { int: 1 } }),
  ];
  return { outputs, nodes, embedding: flat, width: linear.width };
}

/** Puts trained weights into the network that they were trained in. */
export function putWeights(
  graph: Graph,
  weights: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
): Graph {
  const constants = new Map(graph.constants);
  for (const [name, { shape, data }] of weights)
    constants.set(name, { type: "float", shape, data });
  return { ...graph, constants };
}
