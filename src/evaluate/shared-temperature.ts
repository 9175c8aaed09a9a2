/** One temperature for several sets of images. */
import {
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  roundTemperature,
  type ScoredPrediction,
  scorePredictions,
} from "./calibration.ts";

/** Images whose classes are known. */
export type LabelledLogits = {
  /** [N] for each image. */
  readonly logits: readonly Float32Array[];
  /** Class index of each image. */
  readonly truths: readonly number[];
};

/** The largest accepted rise of the expected calibration error of a set. */
export const MAX_ECE_RISE = 0.02;

/** The exponent of the temperature is tried in steps of 0.01. */
const STEPS = 100;
/** A rise of exactly the maximum is accepted, although the errors are rounded. */
const ROUNDING = 1e-9;

export type SharedFit = {
  /** Raises the calibration error of no set by more than {@link MAX_ECE_RISE}. */
  readonly temperature: number;
  /**
   * The best temperature for all sets together, without that condition; 1 if scaling does not make the true
   * classes more probable on images that it was not fitted on.
   */
  readonly fitted: number;
  /** Predictions for the images of each set that the temperature was not fitted on. */
  readonly heldOut: readonly {
    readonly before: readonly ScoredPrediction[];
    readonly after: readonly ScoredPrediction[];
  }[];
};

/**
 * Fits a temperature on every second image of each set, all sets together. The other images show what the
 * temperature does to each set. If the calibration error of a set rises too much, the temperature is moved
 * toward 1: it becomes `fitted ** exponent`, with the largest exponent from 0 to 1 that keeps the condition.
 */
export function fitSharedTemperature(sets: readonly LabelledLogits[]): SharedFit {
  // The first image is held out, because the held-out half must not be empty.
  const heldOut = sets.map((set) => takeHalf(set, 0));
  const fitted = fitIfBetter(join(sets.map((set) => takeHalf(set, 1))), join(heldOut));
  const score = (temperature: number) =>
    heldOut.map(({ logits, truths }) => scorePredictions(logits, truths, temperature));
  const before = score(1);
  const errors = before.map(expectedCalibrationError);
  for (let step = STEPS; step > 0; step--) {
    const temperature = roundTemperature(fitted ** (step / STEPS));
    const after = score(temperature);
    const rises = after.map((items, i) => expectedCalibrationError(items) - (errors[i] as number));
    if (rises.every((rise) => rise <= MAX_ECE_RISE + ROUNDING)) {
      return { temperature, fitted, heldOut: pair(before, after) };
    }
  }
  return { temperature: 1, fitted, heldOut: pair(before, before) };
}

function takeHalf({ logits, truths }: LabelledLogits, parity: 0 | 1): LabelledLogits {
  const isInHalf = (_: unknown, i: number) => i % 2 === parity;
  return { logits: logits.filter(isInHalf), truths: truths.filter(isInHalf) };
}

function join(sets: readonly LabelledLogits[]): LabelledLogits {
  return {
    logits: sets.flatMap(({ logits }) => logits),
    truths: sets.flatMap(({ truths }) => truths),
  };
}

/** Fits a temperature; 1 if it does not make the true classes of the held-out images more probable. */
function fitIfBetter(images: LabelledLogits, heldOut: LabelledLogits): number {
  if (images.logits.length === 0) return 1;
  const fitted = roundTemperature(fitTemperature(images.logits, images.truths));
  const loss = (temperature: number) =>
    negativeLogLikelihood(heldOut.logits, heldOut.truths, temperature);
  return loss(fitted) < loss(1) ? fitted : 1;
}

function pair(
  before: readonly (readonly ScoredPrediction[])[],
  after: readonly (readonly ScoredPrediction[])[],
): SharedFit["heldOut"] {
  return before.map((items, i) => ({
    before: items,
    after: after[i] as readonly ScoredPrediction[],
  }));
}
