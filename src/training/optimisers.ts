/** Optimisers as parts of a step. Each follows the definition of PyTorch's class of the same name. */
import type { StepBuilder } from "./step-builder.ts";

export type OptimiserOptions =
  | { readonly kind: "sgd"; readonly momentum: number }
  | {
      /** With "adamw", weight decay does not pass through the moments. */
      readonly kind: "adam" | "adamw";
      /** 0.9 and 0.999 if undefined */
      readonly betas?: readonly [number, number];
      /** 1e-8 if undefined */
      readonly epsilon?: number;
    };

/** A parameter that is being updated. All are names of tensors. */
export type Update = {
  readonly parameter: string;
  readonly gradient: string;
  /** The learning rate, a scalar. */
  readonly rate: string;
  /** The weight decay, a scalar; undefined if the parameter is not decayed. */
  readonly decay: string | undefined;
  /** If given, what is trained is the parameter divided by it, and it stays as it is. */
  readonly scale?: string | undefined;
};

/** Updates one parameter. */
export type Updater = (
  update: Update,
  /**
   * Makes a tensor that is kept between steps and begins as zeros.
   *
   * @param next - adds the nodes for its next value, given the name of its current one
   * @returns the name of the next value
   */
  keep: (kind: string, next: (current: string) => string) => string,
) => string;

export type Optimiser = {
  readonly update: Updater;
  /** Inputs whose values depend on the number of the step alone, from 1. */
  readonly perStep: readonly { readonly name: string; readonly at: (step: number) => number }[];
};

/** Adds what all parameters share, and returns what updates one of them. */
export function addOptimiser(step: StepBuilder, options: OptimiserOptions): Optimiser {
  const { update, perStep } =
    options.kind === "sgd" ? addSgd(step, options.momentum) : addAdam(step, options);
  return { perStep, update: (given, keep) => update(addScale(step, given), keep) };
}

/** An update whose scale has been applied to what it is computed from. */
type ScaledUpdate = Omit<Update, "scale"> & {
  /** What decays: the parameter divided by its scale. */
  readonly decaying: string;
  /** The learning rate of the parameter itself. */
  readonly moving: string;
};

/** With w = s·v, the gradient of v is s times that of w, and w moves s times as far as v. */
function addScale(step: StepBuilder, { scale, ...given }: Update): ScaledUpdate {
  const { parameter, gradient, rate, decay } = given;
  if (scale === undefined) return { ...given, decaying: parameter, moving: rate };
  return {
    ...given,
    gradient: step.combine("Mul", gradient, scale),
    decaying: decay === undefined ? parameter : step.combine("Div", parameter, scale),
    moving: step.combine("Mul", rate, scale),
  };
}

type ScaledOptimiser = {
  readonly update: (update: ScaledUpdate, keep: Parameters<Updater>[1]) => string;
  readonly perStep: Optimiser["perStep"];
};

/** v ← μ·v + g; w ← w − η·v */
function addSgd(step: StepBuilder, momentum: number): ScaledOptimiser {
  return {
    perStep: [],
    update: ({ parameter, gradient, decay, decaying, moving }, keep) => {
      const decayed = addDecay(step, decaying, gradient, decay);
      const velocity =
        momentum === 0
          ? decayed
          : keep("momentum", (current) =>
              step.combine("Add", step.scale(current, momentum), decayed),
            );
      return step.combine("Sub", parameter, step.combine("Mul", velocity, moving));
    },
  };
}

/**
 * m ← β₁·m + (1 − β₁)·g; v ← β₂·v + (1 − β₂)·g²; w ← w − η·m̂ / (√v̂ + ε)
 *
 * Source: Kingma, Ba 2015, "Adam", algorithm 1; Loshchilov, Hutter 2019, "Decoupled weight decay regularization".
 */
function addAdam(
  step: StepBuilder,
  options: Extract<OptimiserOptions, { kind: "adam" | "adamw" }>,
): ScaledOptimiser {
  const { kind, betas = [0.9, 0.999], epsilon = 1e-8 } = options;
  const [first, second] = betas;
  const meanFactor = step.input("adam.mean-factor", []);
  const rootFactor = step.input("adam.root-factor", []);
  const blend = (current: string, fresh: string, beta: number) =>
    step.combine("Add", step.scale(current, beta), step.scale(fresh, 1 - beta));
  return {
    perStep: [
      { name: meanFactor, at: (t) => 1 / (1 - first ** t) },
      { name: rootFactor, at: (t) => 1 / Math.sqrt(1 - second ** t) },
    ],
    update: ({ parameter, gradient, rate, decay, decaying, moving }, keep) => {
      const decoupled = kind === "adamw" && decay !== undefined;
      const used = addDecay(step, decaying, gradient, decoupled ? undefined : decay);
      const mean = keep("mean", (current) => blend(current, used, first));
      const square = keep("square", (current) =>
        blend(current, step.combine("Mul", used, used), second),
      );
      const root = step.combine("Mul", step.map("Sqrt", square), rootFactor);
      const direction = step.combine("Div", mean, step.combine("Add", root, step.scalar(epsilon)));
      const move = step.combine("Mul", direction, step.combine("Mul", moving, meanFactor));
      if (!decoupled) return step.combine("Sub", parameter, move);
      const kept = step.combine("Sub", step.scalar(1), step.combine("Mul", rate, decay));
      return step.combine("Sub", step.combine("Mul", parameter, kept), move);
    },
  };
}

function addDecay(
  step: StepBuilder,
  decaying: string,
  gradient: string,
  decay: string | undefined,
): string {
  if (decay === undefined) return gradient;
  return step.combine("Add", gradient, step.combine("Mul", decaying, decay));
}
