/**
 * BatchNormalization with the statistics of the batch. With stored statistics it is a multiplication and an
 * addition, into which `prepareForward` turns it.
 *
 * Source: Ioffe, Szegedy 2015, "Batch normalization", section 3.
 */
import { floatOf, type GraphNode, makeNode } from "../../graphs/graph.ts";
import { type StepBuilder, sizeOf } from "../step-builder.ts";
import type { Operator } from "./operator.ts";

/** All axes but that of the channels. */
const AXES = [0, 2, 3];

export const batchNormalisation: Operator = {
  shapes: (step, { inputs: [x = ""] }) => [step.shapeOf(x)],
  forward: (step, node) => {
    const { centred, factor } = normalise(step, node);
    const [, , beta = ""] = node.inputs;
    const scaled = step.combine("Mul", centred, factor);
    step.copy(makeNode("Add", [scaled, spread(step, beta)], node.outputs[0] as string), [
      step.shapeOf(scaled),
    ]);
  },
  backward: ({ step, node, gradient, needs }) => {
    // The nodes of the forward pass are found again, not added twice.
    const { centred, inverse, factor, count } = normalise(step, node);
    const [, gamma = ""] = node.inputs;
    const shape = step.shapeOf(gamma);
    const total = step.sum(gradient, AXES, true);
    const product = step.sum(step.combine("Mul", gradient, centred), AXES, true);
    const gammaGradient = step.combine("Mul", product, inverse);
    // factor · (dy − mean(dy) − x̂ · mean(dy · x̂)), where x̂ = centred · inverse
    const slope = step.combine("Mul", gammaGradient, step.scale(inverse, 1 / count));
    const left = step.combine("Sub", gradient, step.scale(total, 1 / count));
    const inputGradient = () =>
      step.combine("Mul", step.combine("Sub", left, step.combine("Mul", centred, slope)), factor);
    return [
      needs(0) ? inputGradient() : undefined,
      needs(1) ? step.reshape(gammaGradient, shape) : undefined,
      needs(2) ? step.reshape(total, shape) : undefined,
    ];
  },
};

/**
 * Adds the nodes that compute the new running statistics, which the network uses outside of training.
 *
 * @returns the names of the mean and the variance, [C] each
 */
export function updateStatistics(
  step: StepBuilder,
  node: GraphNode,
): readonly [mean: string, variance: string] {
  const { mean, variance, count } = normalise(step, node);
  const [, , , oldMean = "", oldVariance = ""] = node.inputs;
  const keep = floatOf(node, "momentum", 0.9);
  const blend = (old: string, current: string, factor: number) =>
    step.combine(
      "Add",
      step.scale(old, keep),
      step.scale(step.reshape(current, step.shapeOf(old)), factor),
    );
  // As in PyTorch, the stored variance is that of a sample.
  return [
    blend(oldMean, mean, 1 - keep),
    blend(oldVariance, variance, ((1 - keep) * count) / (count - 1)),
  ];
}

function normalise(step: StepBuilder, node: GraphNode) {
  const [x = "", gamma = ""] = node.inputs;
  const shape = step.shapeOf(x);
  const count = sizeOf(shape) / (shape[1] as number);
  const mean = step.scale(step.sum(x, AXES, true), 1 / count);
  const centred = step.combine("Sub", x, mean);
  const squares = step.combine("Mul", centred, centred);
  const variance = step.scale(step.sum(squares, AXES, true), 1 / count);
  const epsilon = step.scalar(floatOf(node, "epsilon", 1e-5));
  const deviation = step.map("Sqrt", step.combine("Add", variance, epsilon));
  const inverse = step.map("Reciprocal", deviation);
  const factor = step.combine("Mul", inverse, spread(step, gamma));
  return { mean, variance, centred, inverse, factor, count };
}

/** [C] as [1, C, 1, 1] */
function spread(step: StepBuilder, perChannel: string): string {
  return step.reshape(perChannel, [1, step.shapeOf(perChannel)[0] as number, 1, 1]);
}
