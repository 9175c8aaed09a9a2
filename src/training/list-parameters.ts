/** The parameters of a network, in groups that are frozen or trained together. */
import { type Graph, prune } from "../graphs/graph.ts";
import { addForward } from "./differentiate.ts";
import { type Shape, StepBuilder } from "./step-builder.ts";

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
  const step = new StepBuilder();
  step.input(needed.input.name, needed.input.shape);
  for (const [name, value] of needed.constants) step.constant(name, value);
  addForward(step, needed.nodes);
  const side = needed.input.shape[2] as number;
  const listed = new Map<string, Parameter>();
  /** Tensors that are computed from means over positions alone. */
  const averaged = new Set<string>();
  for (const node of needed.nodes) {
    const inputs = node.inputs.filter((name) => name !== "" && !needed.constants.has(name));
    if (MEANS.has(node.operator) || (inputs.length > 0 && inputs.every((x) => averaged.has(x)))) {
      for (const output of node.outputs) averaged.add(output);
    }
    const [output = ""] = node.outputs;
    const [, , height, width] = step.shapeOf(output);
    const isHead = averaged.has(output) || height === undefined || width === undefined;
    const stage = isHead ? "head" : Math.round(Math.log2(side / height));
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
