/** Gives a network a linear classifier for other classes. */
import { findProducers, floats, type Graph, intOf, makeNode, prune } from "../graphs/graph.ts";
import { GraphError } from "../graphs/graph-error.ts";

/** The names of the parameters of a new head, [N, D] and [N]. */
export const NEW_HEAD = { weight: "head.weight", bias: "head.bias" } as const;

/**
 * Replaces the classifier. The new one begins with zeros, so that all classes are equally likely before the first
 * step, and the first steps do not pull the features towards random directions.
 *
 * @param logits - the name of the tensor with one number for each class, which keeps its name
 * @throws GraphError GRAPH_UNSUPPORTED if the network does not end in a linear layer (Gemm)
 */
export function replaceHead(graph: Graph, logits: string, classes: number): Graph {
  const last = findProducers(graph).get(logits);
  const weight = graph.constants.get(last?.inputs[1] ?? "");
  if (last?.operator !== "Gemm" || !weight) {
    throw new GraphError("GRAPH_UNSUPPORTED", {
      what: `${graph.name} cannot be given other classes.`,
      why: `Its output ${logits} is computed by ${last?.operator ?? "nothing"}, not by a linear layer (Gemm).`,
      fix: "Use a network that ends in a mean over positions and a linear layer.",
    });
  }
  const width = weight.shape[intOf(last, "transB", 0) === 1 ? 1 : 0] as number;
  const inputs = [last.inputs[0] as string, NEW_HEAD.weight, NEW_HEAD.bias];
  const head = makeNode("Gemm", inputs, logits, { transB: { int: 1 } });
  const constants = new Map(graph.constants);
  constants.set(NEW_HEAD.weight, floats([classes, width], new Float32Array(classes * width)));
  constants.set(NEW_HEAD.bias, floats([classes], new Float32Array(classes)));
  const nodes = graph.nodes.map((node) => (node === last ? head : node));
  return prune({ ...graph, nodes, constants });
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
