/** How far a run is after each step, epoch and stage. */
import { topK } from "../../../src/inference/top-k.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import type { EpochEntry, Progress, RunPhoto, Score } from "./run-folder.ts";
import { isBetter } from "./score-photos.ts";

/** Whether an epoch, from 1, is complete. */
export function isDone({ stage, epoch }: Progress, ofStage: number, number: number): boolean {
  return ofStage < stage || (ofStage === stage && number <= epoch);
}

/**
 * @param photos - those of the step
 * @param logits - [N, C]; N is at least the number of photos
 * @param classes - C
 */
export function countStep(
  progress: Progress,
  photos: readonly RunPhoto[],
  { loss, logits }: { readonly loss: number; readonly logits: Float32Array },
  classes: number,
): Progress {
  const right = photos.filter((photo, i) => {
    const own = logits.subarray(i * classes, (i + 1) * classes);
    return topK(Float64Array.from(own), 1)[0]?.classIndex === photo.class;
  }).length;
  return {
    ...progress,
    step: progress.step + 1,
    seen: progress.seen + photos.length,
    lossSum: progress.lossSum + loss * photos.length,
    right: progress.right + right,
    steps: progress.steps + 1,
  };
}

/**
 * The line of the log for an epoch that is complete.
 *
 * @param epoch - from 0, within the stage
 * @param score - on the photos for validation; null if there are none
 */
export function describeEpoch(
  { stage, seen, lossSum, right, best }: Progress,
  epoch: number,
  score: Score | null,
  rates: Readonly<Record<string, number>>,
): EpochEntry {
  return {
    stage,
    epoch: epoch + 1,
    train: { accuracy: right / seen, loss: lossSum / seen },
    validation: score,
    rate: rates.body ?? 0,
    headRate: rates.head as number,
    isBest: score === null || best === null || isBetter(score, best.score),
  };
}

/** @param isLast - whether the stage is the last one: only there, epochs without a better score count */
export function closeEpoch(
  progress: Progress,
  { stage, epoch, train, validation, isBest }: EpochEntry,
  isLast: boolean,
): Progress {
  return {
    ...progress,
    epoch,
    step: 0,
    seen: 0,
    lossSum: 0,
    right: 0,
    best: isBest ? { stage, epoch, score: validation ?? train } : progress.best,
    waited: isBest || !isLast ? 0 : progress.waited + 1,
  };
}

export function closeStage(progress: Progress, isLast: boolean): Progress {
  return isLast
    ? { ...progress, steps: 0, finished: true }
    : { ...progress, stage: progress.stage + 1, epoch: 0, steps: 0, finished: false };
}

/** Epochs before a stage. */
export function epochsBefore({ stages }: TrainConfig, stage: number): number {
  return stages.slice(0, stage).reduce((sum, { epochs }) => sum + epochs, 0);
}
