/** What a training step takes and returns, as plain data. */

import type { Graph } from "../graphs/graph.ts";
import type { WritableGraph } from "../graphs/onnx/write-model.ts";
import type { StateDict } from "../graphs/safetensors/read-safetensors.ts";
import type { LossOptions } from "./loss.ts";
import type { OptimiserOptions } from "./optimisers.ts";
import type { Shape } from "./step-builder.ts";

/** Parameters that share a learning rate and a weight decay. */
export type ParameterGroup = {
  readonly name: string;
  /** Names of float constants of the graph. */
  readonly parameters: readonly string[];
  /** Whether the group has a weight decay. Without one, the step is a little faster. */
  readonly decayed?: boolean;
};

export type TrainingPlan = {
  /** A float network; its constants are the weights to start from. Operator sets 13 to 17 are supported. */
  readonly graph: Graph;
  /** The name of the tensor with one number for each class. */
  readonly logits: string;
  /** Images in a batch. */
  readonly batch: number;
  /** What is trained. All other constants stay as they are, and cost no backward pass. */
  readonly groups: readonly ParameterGroup[];
  readonly optimiser: OptimiserOptions;
  readonly loss?: LossOptions;
  /**
   * Which batch normalisations use the statistics of the batch, and update the stored ones: none of them, those
   * with a trained parameter, or all. "none" if undefined.
   */
  readonly batchStatistics?: "none" | "trained" | "all";
  /**
   * Whether the weights of convolutions without a batch normalisation are trained with a scale for each channel, as
   * `step-scales.ts` says.
   */
  readonly scaled?: boolean;
  /** If given, a moving average of the weights is kept: a ← d·a + (1 − d)·w. */
  readonly averageDecay?: number;
  /** Whether the step also returns all gradients; for tests. */
  readonly gradients?: boolean;
};

/** A tensor that is kept between steps: the step takes it as `input` and returns its next value as `output`. */
export type KeptTensor = {
  /** The parameter, or the stored statistic, that it is or belongs to. */
  readonly owner: string;
  /**
   * `weight`: a trained parameter; `statistic`: of a batch normalisation; `average`: the moving average of a
   * parameter; anything else: the optimiser's.
   */
  readonly kind: string;
  readonly input: string;
  readonly output: string;
  readonly shape: Shape;
  /** The value before the first step; zeros if undefined. */
  readonly initial: Float32Array | undefined;
  /** Whether `output` may be written over `input`: nothing reads the old value after the new one is computed. */
  readonly inPlace: boolean;
};

export type TrainingStep = {
  readonly graph: WritableGraph;
  /** Images, [N, 3, H, W]. */
  readonly images: { readonly name: string; readonly shape: Shape };
  /** Probabilities of the classes, [N, C]; each row has the sum 1. */
  readonly targets: { readonly name: string; readonly shape: Shape };
  /** How much each image counts, [N]. */
  readonly weights: string;
  /** Another network's logits, [N, C]; only for distillation. */
  readonly teacher: string | undefined;
  /** The temperature of the distillation, a scalar; only if it is an input. */
  readonly temperature: string | undefined;
  /** The scalar inputs of each group of parameters. */
  readonly groups: readonly {
    readonly name: string;
    readonly rate: string;
    readonly decay: string | undefined;
  }[];
  /** Scalar inputs whose values depend on the number of the step alone, from 1. */
  readonly perStep: readonly { readonly name: string; readonly at: (step: number) => number }[];
  readonly kept: readonly KeptTensor[];
  /** Names of outputs. */
  readonly loss: string;
  /** [N, C], before the update */
  readonly logits: string;
  /** By parameter; empty unless asked for. */
  readonly gradients: ReadonlyMap<string, string>;
};

/** The trained weights and updated statistics as they are before the first step. */
export function initialWeights({ kept }: TrainingStep): StateDict {
  return new Map(
    kept
      .filter(({ kind }) => kind === "weight" || kind === "statistic")
      .map(({ owner, shape, initial }) => [owner, { shape, data: initial as Float32Array }]),
  );
}
