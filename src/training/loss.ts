/** The loss of a batch of images, and its gradient. */
import type { StepBuilder } from "./step-builder.ts";

export type LossOptions = {
  /** The part of each target that is spread evenly over all classes, 0 to 1. */
  readonly labelSmoothing?: number;
  /** Adds the soft targets of another network, the teacher. */
  readonly distillation?: {
    /** Divides both networks' logits, so that small probabilities count. `input`: it is given with each step. */
    readonly temperature: number | "input";
    /** The share of the other network, 0 to 1; the rest is that of the targets. */
    readonly alpha: number;
  };
};

/** Names of tensors. */
export type LossInputs = {
  /** [N, C] */
  readonly logits: string;
  /** Probabilities of the classes, [N, C]; each row has the sum 1. */
  readonly targets: string;
  /** How much each image counts, [N]. */
  readonly weights: string;
  /** The other network's logits, [N, C]; only for distillation. */
  readonly teacher: string | undefined;
  /** A scalar; only for distillation with a temperature that is an input. */
  readonly temperature?: string | undefined;
};

/**
 * Adds `Σ wᵢ·lᵢ / Σ wᵢ`, where l is the cross entropy of the softmax and the targets. With distillation,
 * l = α·T²·KL(softmax(teacher/T) ‖ softmax(logits/T)) + (1 − α)·cross entropy.
 *
 * Source: Hinton et al. 2015, "Distilling the knowledge in a neural network"; Szegedy et al. 2016, "Rethinking the
 * Inception architecture", section 7, for label smoothing.
 *
 * @returns the names of the loss, a scalar, and of its gradient with respect to the logits, [N, C]
 */
export function addLoss(
  step: StepBuilder,
  { logits, targets, weights, teacher, temperature: given }: LossInputs,
  { labelSmoothing = 0, distillation }: LossOptions,
): { readonly loss: string; readonly gradient: string } {
  const [batch = 0, classes = 0] = step.shapeOf(logits);
  const total = step.sum(weights, [0]);
  const shares = step.reshape(step.combine("Div", weights, total), [batch, 1]);
  const smoothed =
    labelSmoothing === 0
      ? targets
      : step.combine(
          "Add",
          step.scale(targets, 1 - labelSmoothing),
          step.scalar(labelSmoothing / classes),
        );
  const hard = addCrossEntropy(step, logits, smoothed);
  let { loss, gradient } = hard;
  if (distillation && teacher !== undefined) {
    const { temperature: fixed, alpha } = distillation;
    const temperature = fixed === "input" ? (given as string) : step.scalar(fixed);
    const soft = addDivergence(step, logits, teacher, temperature);
    const blend = (own: string, other: string) =>
      step.combine("Add", step.scale(own, 1 - alpha), step.scale(other, alpha));
    loss = blend(hard.loss, soft.loss);
    gradient = blend(hard.gradient, soft.gradient);
  }
  return {
    loss: step.sum(step.combine("Mul", loss, shares), [0, 1]),
    gradient: step.combine("Mul", gradient, shares),
  };
}

/** Of each image: the loss [N, 1], and the gradient [N, C]. */
function addCrossEntropy(step: StepBuilder, logits: string, targets: string) {
  const logarithms = logSoftmax(step, logits);
  const products = step.combine("Mul", logarithms, targets);
  return {
    loss: step.map("Neg", step.sum(products, [1], true)),
    gradient: step.combine("Sub", step.map("Exp", logarithms), targets),
  };
}

/** T²·Σ q·(log q − log p) at the temperature T, a scalar, where q is the teacher's probability. */
function addDivergence(step: StepBuilder, logits: string, teacher: string, temperature: string) {
  const own = logSoftmax(step, step.combine("Div", logits, temperature));
  const other = logSoftmax(step, step.combine("Div", teacher, temperature));
  const wanted = step.map("Exp", other);
  const products = step.combine("Mul", wanted, step.combine("Sub", other, own));
  const difference = step.combine("Sub", step.map("Exp", own), wanted);
  const square = step.combine("Mul", temperature, temperature);
  return {
    loss: step.combine("Mul", step.sum(products, [1], true), square),
    gradient: step.combine("Mul", difference, temperature),
  };
}

function logSoftmax(step: StepBuilder, logits: string): string {
  return step.add("LogSoftmax", [logits], step.shapeOf(logits), { axis: { int: 1 } });
}
