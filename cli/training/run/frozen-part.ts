/**
 * What the frozen part of a network gives for each photo. It stays the same during a stage, so it is computed once:
 * for the photos for validation, which are never changed, and for those that are trained on if they are not changed.
 */
import type { Graph } from "../../../src/graphs/graph.ts";
import type { StateDict } from "../../../src/graphs/safetensors/read-safetensors.ts";
import { isFixed } from "../../../src/training/augment/augmentation.ts";
import { putWeights } from "../../../src/training/replace-head.ts";
import { type FrozenSplit, splitFrozen } from "../../../src/training/split-frozen.ts";
import { sizeOf } from "../../../src/training/step-builder.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import type { Hardware } from "../load-engine.ts";
import type { RunPhoto } from "./run-folder.ts";
import { runOverBatches } from "./score-photos.ts";
import type { Training } from "./training.ts";

/** What may be kept in memory. It is the same on all machines, because results can differ in their last digits. */
export const MAX_KEPT_BYTES = 2 ** 30;

/** Which photos the frozen part is computed for in advance. */
export type KeptParts = { readonly train: boolean; readonly validation: boolean };

export type FrozenPart = FrozenSplit & { readonly parts: KeptParts };

/**
 * @param graph - with the weights that the stage begins with
 * @param parameters - the names of those that the stage trains
 * @returns undefined if nothing can be kept
 */
export function findFrozenPart(
  { config, logits, train, validation, keepsOutputs = true }: Training,
  graph: Graph,
  parameters: readonly string[],
): FrozenPart | undefined {
  const split = keepsOutputs ? splitFrozen(graph, logits, parameters) : undefined;
  if (!split) return undefined;
  const counts = { train: train.length, validation: validation.length };
  const parts = chooseParts(4 * sizeOf(split.trained.input.shape), counts, config);
  return parts.train || parts.validation ? { ...split, parts } : undefined;
}

/**
 * Chooses by the settings and the number of photos alone, so that a run that is resumed on another machine
 * continues in the same way.
 *
 * @param bytes - for each photo
 */
export function chooseParts(
  bytes: number,
  counts: { readonly train: number; readonly validation: number },
  { augmentation, mixup }: Pick<TrainConfig, "augmentation" | "mixup">,
): KeptParts {
  const isSame = isFixed(augmentation) && mixup === 0;
  const validation = counts.validation > 0 && bytes * counts.validation <= MAX_KEPT_BYTES;
  const all = bytes * (counts.train + counts.validation);
  return { train: isSame && all <= MAX_KEPT_BYTES, validation };
}

/** What the frozen part gives, by the SHA-256 of the photo. */
export class KeptOutputs {
  readonly part: FrozenPart;
  readonly #values: ReadonlyMap<string, Float32Array>;

  private constructor(part: FrozenPart, values: ReadonlyMap<string, Float32Array>) {
    this.part = part;
    this.#values = values;
  }

  /** @returns undefined if training was ended meanwhile */
  static async compute(
    part: FrozenPart,
    { train, validation, batches, hardware, signal, onFrozen }: Training,
  ): Promise<KeptOutputs | undefined> {
    const photos = [
      ...(part.parts.train ? train : []),
      ...(part.parts.validation ? validation : []),
    ];
    const outputs = await runOverBatches(
      part.frozen,
      photos,
      (some, size) => batches.forScoring(some, size),
      hardware,
      (done) => {
        onFrozen(done, photos.length);
        return !signal.aborted;
      },
    );
    onFrozen(outputs.length, photos.length);
    if (signal.aborted) return undefined;
    return new KeptOutputs(
      part,
      new Map(photos.map(({ sha256 }, i) => [sha256, outputs[i] as Float32Array])),
    );
  }

  /**
   * Runs the trained part.
   *
   * @returns the logits of each photo, [C]
   */
  finish(
    weights: StateDict,
    photos: readonly RunPhoto[],
    hardware: Hardware,
  ): Promise<Float32Array[]> {
    const { trained } = this.part;
    const own = new Map([...weights].filter(([name]) => trained.constants.has(name)));
    const network = putWeights(trained, own);
    return runOverBatches(network, photos, (some, size) => this.stack(some, size), hardware);
  }

  /**
   * @param size - places in the batch; those without a photo are zeros
   * @returns the input of the trained part, [size, …]
   */
  stack(photos: readonly RunPhoto[], size: number): Float32Array {
    const length = sizeOf(this.part.trained.input.shape);
    const stacked = new Float32Array(size * length);
    for (const [i, { sha256 }] of photos.entries()) {
      stacked.set(this.#values.get(sha256) as Float32Array, i * length);
    }
    return stacked;
  }
}
