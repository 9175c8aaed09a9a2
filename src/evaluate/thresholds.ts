/** Finds the confidence thresholds that reach a target precision. */
import type { ScoredPrediction } from "./calibration.ts";

/** The effect of a threshold. */
export type ThresholdPoint = {
  readonly threshold: number;
  /** Share of the images that get an answer. */
  readonly coverage: number;
  /** Share of the answers that are correct. */
  readonly precision: number;
};

/** Fewer answers say nothing about a precision. */
const MIN_ANSWERS = 20;
/** Thresholds are tried in steps of 0.01, because the data does not support finer ones. */
const STEPS = 100;

/**
 * Computes coverage and precision at each confidence that occurs, from the highest down.
 *
 * Source: El-Yaniv and Wiener 2010, "On the foundations of noise-free selective classification"; the
 * risk is 1 − precision.
 */
export function riskCoverage(predictions: readonly ScoredPrediction[]): ThresholdPoint[] {
  const sorted = predictions.toSorted((a, b) => b.confidence - a.confidence);
  const points: ThresholdPoint[] = [];
  let right = 0;
  sorted.forEach((item, i) => {
    if (item.right) right++;
    // A threshold accepts or rejects images with the same confidence together.
    if (sorted[i + 1]?.confidence === item.confidence) return;
    points.push({
      threshold: item.confidence,
      coverage: (i + 1) / sorted.length,
      precision: right / (i + 1),
    });
  });
  return points;
}

/**
 * Finds the lowest threshold such that it and every higher one reach the target precision. A single lucky
 * threshold among worse ones does not count. It is never more than one step below the lowest confidence, since
 * nothing is known about the answers below.
 *
 * @returns undefined if there is none with at least 20 answers
 */
export function findThreshold(
  predictions: readonly ScoredPrediction[],
  targetPrecision: number,
): ThresholdPoint | undefined {
  let lowest: ThresholdPoint | undefined;
  const least = predictions.reduce((min, { confidence }) => Math.min(min, confidence), 1);
  for (let step = STEPS; step >= Math.floor(least * STEPS); step--) {
    const point = measureThreshold(predictions, step / STEPS);
    if (Math.round(point.coverage * predictions.length) < MIN_ANSWERS) continue;
    if (point.precision < targetPrecision) break;
    lowest = point;
  }
  return lowest;
}

export function measureThreshold(
  predictions: readonly ScoredPrediction[],
  threshold: number,
): ThresholdPoint {
  const answered = predictions.filter(({ confidence }) => confidence >= threshold);
  const right = answered.filter((item) => item.right).length;
  return {
    threshold,
    coverage: answered.length / predictions.length,
    precision: answered.length === 0 ? 1 : right / answered.length,
  };
}

/**
 * Finds the thresholds of the classes that were predicted for enough images.
 *
 * @returns thresholds by class index
 */
export function findClassThresholds(
  predictions: readonly ScoredPrediction[],
  targetPrecision: number,
): Map<number, number> {
  const thresholds = new Map<number, number>();
  for (const [predicted, items] of Map.groupBy(predictions, (item) => item.predicted)) {
    const found = findThreshold(items, targetPrecision);
    if (found) thresholds.set(predicted, found.threshold);
  }
  return thresholds;
}
