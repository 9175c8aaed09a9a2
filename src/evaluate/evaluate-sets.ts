/** Evaluates a model on several sets of images, with one temperature and one threshold for all of them. */
import { type Accuracy, measureAccuracy } from "./accuracy.ts";
import {
  binByConfidence,
  expectedCalibrationError,
  type ReliabilityBin,
  type ScoredPrediction,
  scorePredictions,
} from "./calibration.ts";
import { tabulateClasses } from "./class-rows.ts";
import type { Evaluation, Predictions } from "./evaluate-predictions.ts";
import { fitSharedTemperature } from "./shared-temperature.ts";
import {
  findClassThresholds,
  findThreshold,
  measureThreshold,
  riskCoverage,
  type ThresholdPoint,
} from "./thresholds.ts";

export type PredictedSet = Omit<Predictions, "ids"> & { readonly dataset: string };

/** The figures of a model on one of several sets. */
export type SetEvaluation = Accuracy & {
  readonly dataset: string;
  readonly images: number;
  /** Expected calibration error before calibration, on the half that the temperature was not fitted on. */
  readonly ece: number;
  /** The same after calibration. */
  readonly eceAfter: number;
  /** The effect on this set of the threshold that is recommended for all sets. */
  readonly recommended: ThresholdPoint | undefined;
  readonly reliability: {
    readonly before: readonly ReliabilityBin[];
    readonly after: readonly ReliabilityBin[];
  };
  readonly riskCoverage: readonly ThresholdPoint[];
};

/** The figures of all sets together, and those of each. */
export type SetsEvaluation = Evaluation & {
  /** The best temperature; `temperature` is closer to 1 if this one raises the error of a set too much. */
  readonly fittedTemperature: number;
  readonly sets: readonly SetEvaluation[];
};

/** What the figures of a set, or of all sets together, are made from. */
type Scored = {
  readonly logits: readonly Float32Array[];
  readonly floatLogits: readonly Float32Array[] | undefined;
  readonly truths: readonly number[];
  /** All images, at the final temperature. */
  readonly calibrated: readonly ScoredPrediction[];
  /** The images that the temperature was not fitted on, before and after calibration. */
  readonly before: readonly ScoredPrediction[];
  readonly after: readonly ScoredPrediction[];
};

/**
 * @param ids - the ids of the model's classes, in output order
 * @param sets - each weighs by its images
 */
export function evaluateSets(
  ids: readonly string[],
  sets: readonly PredictedSet[],
  targetPrecision: number,
): SetsEvaluation {
  const position = new Map(ids.map((id, i) => [id, i]));
  const indexed = sets.map(({ truths, ...set }) => ({
    ...set,
    truths: truths.map((id) => position.get(id) as number),
  }));
  const { temperature, fitted, heldOut } = fitSharedTemperature(indexed);
  const scored = indexed.map((set, i) => ({
    ...set,
    ...(heldOut[i] as (typeof heldOut)[number]),
    calibrated: scorePredictions(set.logits, set.truths, temperature),
  }));
  const all = joinSets(scored);
  const threshold = highest(
    scored.map(({ calibrated }) => findThreshold(calibrated, targetPrecision)?.threshold),
  );
  const classThresholds = findSharedClassThresholds(scored, targetPrecision);
  return {
    ...measure(all, threshold),
    temperature,
    fittedTemperature: fitted,
    targetPrecision,
    classThresholds: Object.fromEntries(
      [...classThresholds].map(([i, value]) => [ids[i] as string, value]),
    ),
    classes: tabulateClasses(ids, all.calibrated, all.truths, classThresholds),
    sets: scored.map((set) => ({ dataset: set.dataset, ...measure(set, threshold) })),
  };
}

function joinSets(sets: readonly Scored[]): Scored {
  const floatLogits = sets.flatMap((set) => set.floatLogits ?? []);
  return {
    logits: sets.flatMap(({ logits }) => logits),
    floatLogits: floatLogits.length === 0 ? undefined : floatLogits,
    truths: sets.flatMap(({ truths }) => truths),
    calibrated: sets.flatMap(({ calibrated }) => calibrated),
    before: sets.flatMap(({ before }) => before),
    after: sets.flatMap(({ after }) => after),
  };
}

function measure(
  { logits, floatLogits, truths, calibrated, before, after }: Scored,
  threshold: number | undefined,
): Omit<SetEvaluation, "dataset"> {
  return {
    images: logits.length,
    ...measureAccuracy(logits, floatLogits, truths),
    ece: expectedCalibrationError(before),
    eceAfter: expectedCalibrationError(after),
    recommended: threshold === undefined ? undefined : measureThreshold(calibrated, threshold),
    reliability: { before: binByConfidence(before), after: binByConfidence(after) },
    riskCoverage: riskCoverage(calibrated),
  };
}

/** Returns the highest threshold, which reaches the target on every set; undefined if a set has none. */
function highest(thresholds: readonly (number | undefined)[]): number | undefined {
  const found = thresholds.filter((threshold) => threshold !== undefined);
  return found.length < thresholds.length ? undefined : Math.max(...found);
}

/**
 * Finds the thresholds of the classes that every set has a threshold for. A set of few classes does not count
 * alone: it lacks the photos that a class is mistaken for.
 */
function findSharedClassThresholds(
  sets: readonly Scored[],
  targetPrecision: number,
): Map<number, number> {
  const bySet = sets.map(({ calibrated }) => findClassThresholds(calibrated, targetPrecision));
  const shared = new Map<number, number>();
  for (const classIndex of bySet[0]?.keys() ?? []) {
    const threshold = highest(bySet.map((found) => found.get(classIndex)));
    if (threshold !== undefined) shared.set(classIndex, threshold);
  }
  return shared;
}
