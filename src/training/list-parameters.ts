/** The parameters of a network, in groups that are frozen or trained together. */
import { type Graph, prune } from "../graphs/graph.ts";
import { inferShapes } from "./infer-shapes.ts";
import type { Shape } from "./step-builder.ts";

export type Parameter = {
  /** The name of the constant. */
  readonly name: string;
  readonly shape: Shape;
  /**
   * How often the side of the image has been halved where the parameter works: 1 for the first convolution of a
   * ResNet, 2 to 5 for its four stages. "head" after the mean over positions.
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

const MEANS: ReadonlySet<string> = new Set(["GlobalAveragePool", "ReduceMean"]);

/**
 * Lists what can be trained, in the order of the network.
 *
 * @param logits - the name of the tensor with one number for each class
 * @throws TrainingError OPERATOR_NOT_DIFFERENTIABLE if an operator is not known
 */
export function listParameters(graph: Graph, logits: string): readonly Parameter[] {
  const needed = prune({ ...graph, outputs: [{ name: logits }] });
  const shapes = inferShapes(needed);
  const stages = countHalvings(needed, shapes);
  const listed = new Map<string, Parameter>();
  /** Tensors that are computed from means over positions alone. */
  const averaged = new Set<string>();
  for (const node of needed.nodes) {
    const inputs = node.inputs.filter((name) => name !== "" && !needed.constants.has(name));
    if (MEANS.has(node.operator) || (inputs.length > 0 && inputs.every((x) => averaged.has(x)))) {
      for (const output of node.outputs) averaged.add(output);
    }
    const [output = ""] = node.outputs;
    const [, , height, width] = shapes.get(output) ?? [];
    const isHead = averaged.has(output) || height === undefined || width === undefined;
    const stage = isHead ? "head" : (stages.get(output) ?? 0);
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

/**
 * How often the side of the image has been halved before each tensor. Halvings are counted one by one, because a
 * small side is rounded up: 40 px become 20, 10, 5, 3 and 2.
 */
function countHalvings(
  { input, nodes }: Graph,
  shapes: ReadonlyMap<string, Shape>,
): ReadonlyMap<string, number> {
  const counts = new Map([[input.name, 0]]);
  const heightOf = (name: string) => shapes.get(name)?.[2] ?? 0;
  for (const { inputs, outputs } of nodes) {
    const known = inputs.filter((name) => counts.has(name));
    const [from] = known.toSorted((a, b) => heightOf(b) - heightOf(a));
    if (from === undefined) continue;
    for (const output of outputs) {
      const halvings = Math.round(Math.log2(heightOf(from) / heightOf(output)));
      counts.set(output, (counts.get(from) as number) + (Number.isFinite(halvings) ? halvings : 0));
    }
  }
  return counts;
}
