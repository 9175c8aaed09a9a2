/** The parameters of a network, in groups that are frozen or trained together. */
import { type Graph, type GraphNode, prune } from "../graphs/graph.ts";
import { inferShapes } from "./infer-shapes.ts";
import { type Shape, sizeOf } from "./step-builder.ts";

export type Parameter = {
  /** The name of the constant. */
  readonly name: string;
  readonly shape: Shape;
  /**
   * How often the side of the image has been halved where the parameter works: 1 for the first convolution of a
   * ResNet, 2 to 5 for its four stages. "head" after the last mean over all positions.
   */
  readonly stage: number | "head";
  readonly kind: "weight" | "bias" | "normalisation";
};

/** For each operator with parameters: which of its inputs they are. */
const INPUTS: Readonly<Record<string, Readonly<Record<number, Parameter["kind"]>>>> = {
  Conv: { 1: "weight", 2: "bias" },
  Gemm: { 1: "weight", 2: "bias" },
  MatMul: { 1: "weight" },
  Add: { 0: "bias", 1: "bias" },
  BatchNormalization: { 1: "normalisation", 2: "normalisation" },
};

/** Operators that can compute a mean over all positions. */
const MEANS: ReadonlySet<string> = new Set(["GlobalAveragePool", "AveragePool", "ReduceMean"]);

/**
 * Lists what can be trained, in the order of the network.
 *
 * @param logits - the name of the tensor with one number for each class
 * @throws TrainingError OPERATOR_NOT_DIFFERENTIABLE if an operator is not known
 */
export function listParameters(graph: Graph, logits: string): readonly Parameter[] {
  const needed = prune({ ...graph, outputs: [{ name: logits }] });
  const shapes = inferShapes(needed);
  const averaged = findAveraged(needed, shapes);
  const stages = countHalvings(needed, shapes, averaged);
  const head = findHeadNodes(needed.nodes, averaged);
  const listed = new Map<string, Parameter>();
  for (const node of needed.nodes) {
    const stage = head.has(node) ? "head" : (stages.get(node.outputs[0] ?? "") ?? 0);
    for (const [input, kind] of Object.entries(INPUTS[node.operator] ?? {})) {
      const name = node.inputs[Number(input)] ?? "";
      const constant = needed.constants.get(name);
      // A single number is a setting, such as an epsilon.
      if (constant?.type !== "float" || constant.data.length < 2 || listed.has(name)) continue;
      listed.set(name, { name, shape: constant.shape, stage, kind });
    }
  }
  return [...listed.values()];
}

/** The tensors that have no positions, because they are computed from means over all positions alone. */
function findAveraged(
  { nodes, constants }: Graph,
  shapes: ReadonlyMap<string, Shape>,
): ReadonlySet<string> {
  const averaged = new Set<string>();
  for (const { operator, inputs, outputs } of nodes) {
    const positions = shapes.get(outputs[0] ?? "")?.slice(2) ?? [];
    const computed = inputs.filter((name) => name !== "" && !constants.has(name));
    const isMean = MEANS.has(operator) && sizeOf(positions) === 1;
    const isAfter = computed.length > 0 && computed.every((name) => averaged.has(name));
    if (!isMean && !isAfter && positions.length === 2) continue;
    for (const output of outputs) averaged.add(output);
  }
  return averaged;
}

/**
 * The nodes after the last mean. What follows another mean, as in a block of squeeze and excitation, is not among them:
 * its result is combined with feature maps again.
 */
function findHeadNodes(
  nodes: readonly GraphNode[],
  averaged: ReadonlySet<string>,
): ReadonlySet<GraphNode> {
  const head = new Set<GraphNode>();
  /** Inputs of nodes that are not in the head. */
  const usedBefore = new Set<string>();
  for (const node of nodes.toReversed()) {
    if (node.outputs.every((name) => averaged.has(name) && !usedBefore.has(name))) head.add(node);
    else for (const input of node.inputs) usedBefore.add(input);
  }
  return head;
}

/**
 * How often the side of the image has been halved before each tensor. Halvings are counted one by one, because a
 * small side is rounded up: 40 px become 20, 10, 5, 3 and 2. A mean over all positions does not count.
 */
function countHalvings(
  { input, nodes }: Graph,
  shapes: ReadonlyMap<string, Shape>,
  averaged: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const counts = new Map([[input.name, 0]]);
  const heightOf = (name: string) => shapes.get(name)?.[2] ?? 0;
  for (const { inputs, outputs } of nodes) {
    const known = inputs.filter((name) => counts.has(name));
    const [from] = known.toSorted((a, b) => heightOf(b) - heightOf(a));
    if (from === undefined) continue;
    for (const output of outputs) {
      const halvings = averaged.has(output)
        ? 0
        : Math.round(Math.log2(heightOf(from) / heightOf(output)));
      counts.set(output, (counts.get(from) as number) + (Number.isFinite(halvings) ? halvings : 0));
    }
  }
  return counts;
}
