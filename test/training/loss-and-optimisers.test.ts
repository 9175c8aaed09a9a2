/** Compares losses and optimisers with their definitions in float64. */
import { describe, expect, it } from "vitest";
import { softmax } from "../../src/inference/softmax.ts";
import { addLoss, type LossOptions } from "../../src/training/loss.ts";
import { addOptimiser, type OptimiserOptions } from "../../src/training/optimisers.ts";
import { StepBuilder } from "../../src/training/step-builder.ts";
import { runStep } from "./support/run-step.ts";

const LOGITS = [1.5, -0.5, 0.25, 2, 0.1, -1.2];
/** A mixture of classes, as mixup makes it, and one class. */
const TARGETS = [0.7, 0, 0.3, 0, 1, 0];
const WEIGHTS = [2, 0.5];
const TEACHER = [0.5, 0.25, -2, 1, 3, 0];
const SHAPE = [2, 3];

/** The temperature of the steps for which it is an input. */
const GIVEN = 2.5;

/** The loss by its formula. */
function computeLoss(logits: readonly number[], { labelSmoothing = 0, distillation }: LossOptions) {
  const { alpha, temperature: fixed } = distillation ?? { alpha: 0, temperature: 1 };
  const temperature = fixed === "input" ? GIVEN : fixed;
  const losses = WEIGHTS.map((_, image) => {
    const row = (values: readonly number[], t: number) =>
      softmax(
        Float32Array.from(values.slice(image * 3, image * 3 + 3), (v) => v),
        t,
      );
    const [p, soft, q] = [row(logits, 1), row(logits, temperature), row(TEACHER, temperature)];
    let loss = 0;
    for (let c = 0; c < 3; c++) {
      const target = (TARGETS[image * 3 + c] as number) * (1 - labelSmoothing) + labelSmoothing / 3;
      loss -= (1 - alpha) * target * Math.log(p[c] as number);
      const [own, other] = [soft[c] as number, q[c] as number];
      loss += alpha * temperature ** 2 * other * Math.log(other / own);
    }
    return loss;
  });
  const total = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
  return losses.reduce((sum, loss, i) => sum + (loss * (WEIGHTS[i] as number)) / total, 0);
}

describe("the loss", () => {
  it.each<[string, LossOptions]>([
    ["soft targets", {}],
    ["smoothed targets", { labelSmoothing: 0.1 }],
    ["a teacher", { distillation: { temperature: 3, alpha: 0.6 }, labelSmoothing: 0.2 }],
    ["a temperature given with the step", { distillation: { temperature: "input", alpha: 0.7 } }],
    ["a teacher alone", { distillation: { temperature: "input", alpha: 1 } }],
  ])("and its gradient follow the formula: %s", async (_what, options) => {
    const step = new StepBuilder();
    const { distillation } = options;
    const teacher = distillation ? step.input("teacher", SHAPE) : undefined;
    const isGiven = distillation?.temperature === "input";
    const temperature = isGiven ? step.input("temperature", []) : undefined;
    const inputs = {
      logits: step.input("logits", SHAPE),
      targets: step.input("targets", SHAPE),
      weights: step.input("weights", [2]),
      teacher,
      temperature,
    };
    const { loss, gradient } = addLoss(step, inputs, options);
    const feeds = {
      logits: LOGITS,
      targets: TARGETS,
      weights: WEIGHTS,
      ...(teacher ? { teacher: TEACHER } : {}),
      ...(temperature ? { temperature: [GIVEN] } : {}),
    };
    const [found, slopes] = await runStep(step, feeds, [loss, gradient]);
    expect(found?.[0]).toBeCloseTo(computeLoss(LOGITS, options), 5);
    for (const [i, logit] of LOGITS.entries()) {
      const at = (value: number) => computeLoss(LOGITS.with(i, value), options);
      // The reference rounds logits to float32: the step is large enough for that not to matter.
      const slope = (at(logit + 2 ** -8) - at(logit - 2 ** -8)) / 2 ** -7;
      expect(Math.abs((slopes?.[i] as number) - slope)).toBeLessThan(1e-3 * Math.abs(slope) + 1e-5);
    }
  });
});

const START = [0.5, -1, 2];
const RATE = 0.1;
const DECAY = 0.05;
/** The gradients of three steps. */
const GRADIENTS = [
  [1, -2, 0.5],
  [0.5, 1, 0.25],
  [-1, 0.1, 3],
];

/** PyTorch's update rules, as its documentation states them, for one parameter. */
const RULES: Readonly<
  Record<OptimiserOptions["kind"], (start: number, gradients: number[]) => number>
> = {
  sgd: (start, gradients) => {
    let [w, v] = [start, 0];
    for (const gradient of gradients) {
      v = 0.9 * v + gradient + DECAY * w;
      w -= RATE * v;
    }
    return w;
  },
  adam: (start, gradients) => adam(start, gradients, (w) => DECAY * w, 0),
  adamw: (start, gradients) => adam(start, gradients, () => 0, DECAY),
};

function adam(start: number, gradients: number[], added: (w: number) => number, decoupled: number) {
  let [w, m, v] = [start, 0, 0];
  for (const [i, raw] of gradients.entries()) {
    const gradient = raw + added(w);
    w *= 1 - RATE * decoupled;
    m = 0.9 * m + 0.1 * gradient;
    v = 0.99 * v + 0.01 * gradient ** 2;
    const [mean, square] = [m / (1 - 0.9 ** (i + 1)), v / (1 - 0.99 ** (i + 1))];
    w -= (RATE * mean) / (Math.sqrt(square) + 1e-6);
  }
  return w;
}

const OPTIMISERS: readonly OptimiserOptions[] = [
  { kind: "sgd", momentum: 0.9 },
  { kind: "adam", betas: [0.9, 0.99], epsilon: 1e-6 },
  { kind: "adamw", betas: [0.9, 0.99], epsilon: 1e-6 },
];

describe("an optimiser", () => {
  it.each(
    OPTIMISERS.flatMap((options) => [
      { options, scale: 1, name: options.kind },
      { options, scale: 4, name: `${options.kind}, with a scale` },
    ]),
  )("follows its rule for three steps: $name", async ({ options, scale }) => {
    const step = new StepBuilder();
    const [parameter, gradient] = [step.input("w", [3]), step.input("g", [3])];
    const { update, perStep } = addOptimiser(step, options);
    const [rate, decay] = [step.input("rate", []), step.input("decay", [])];
    const kept = new Map<string, string>();
    const scaled = scale === 1 ? {} : { scale: step.scalar(scale) };
    const next = update({ parameter, gradient, rate, decay, ...scaled }, (kind, compute) => {
      const current = step.input(kind, [3]);
      const value = compute(current);
      kept.set(current, value);
      return value;
    });
    let weights: Float32Array = Float32Array.from(START);
    let state = new Map([...kept.keys()].map((name) => [name, new Float32Array(3)]));
    for (const [i, g] of GRADIENTS.entries()) {
      const scalars = perStep.map(({ name, at }) => [name, [at(i + 1)]]);
      const [w, ...values] = await runStep(
        step,
        {
          w: weights,
          g,
          rate: [RATE],
          decay: [DECAY],
          ...Object.fromEntries([...state, ...scalars]),
        },
        [next, ...kept.values()],
      );
      weights = w as Float32Array;
      state = new Map(
        [...kept.keys()].map((name, at) => [name, values[at] as Float32Array<ArrayBuffer>]),
      );
    }
    for (const [i, start] of START.entries()) {
      // w = s·v: the gradient of v is s times that of w.
      const own = RULES[options.kind](
        start / scale,
        GRADIENTS.map((g) => (g[i] as number) * scale),
      );
      const wanted = own * scale;
      expect(weights[i]).toBeCloseTo(wanted, 5);
    }
  });
});
