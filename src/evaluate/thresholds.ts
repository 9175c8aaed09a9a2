/** From which confidence on a model's answers are right as often as is wanted. */
import type { Judged } from "./calibration.ts";

/** What a threshold amounts to. */
export type ThresholdPoint = {
  readonly threshold: number;
  /** Share of the images that get an answer. */
  readonly coverage: number;
  /** Share of the answers that are right. */
  readonly precision: number;
};

/** Fewer answers than that tell nothing of a precision. */
const MIN_ANSWERS = 20;
/** Thresholds are tried in hundredths: what they are estimated from is not finer. */
const STEPS = 100;

/**
 * Coverage and precision at each confidence that occurs, from the highest down.
 *
 * Source: El-Yaniv and Wiener 2010, "On the foundations of noise-free selective classification"; the
 * risk is 1 − precision.
 */
export function riskCoverage(judged: readonly Judged[]): ThresholdPoint[] {
  const sorted = judged.toSorted((a, b) => b.confidence - a.confidence);
  const points: ThresholdPoint[] = [];
  let right = 0;
  sorted.forEach((item, i) => {
    if (item.right) right++;
    // Images of the same confidence are answered together or not at all.
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
 * The lowest threshold from which on, at every higher one too, enough of the answers are right: a single
 * lucky threshold among worse ones is none.
 *
 * @returns undefined where there is none with at least 20 answers
 */
export function findThreshold(
  judged: readonly Judged[],
  targetPrecision: number,
): ThresholdPoint | undefined {
  let lowest: ThresholdPoint | undefined;
  for (let step = STEPS; step >= 0; step--) {
    const point = measureThreshold(judged, step / STEPS);
    if (Math.round(point.coverage * judged.length) < MIN_ANSWERS) continue;
    if (point.precision < targetPrecision) break;
    lowest = point;
  }
  return lowest;
}

/** What a threshold amounts to. */
export function measureThreshold(judged: readonly Judged[], threshold: number): ThresholdPoint {
  const answered = judged.filter(({ confidence }) => confidence >= threshold);
  const right = answered.filter((item) => item.right).length;
  return {
    threshold,
    coverage: answered.length / judged.length,
    precision: answered.length === 0 ? 1 : right / answered.length,
  };
}

/**
 * Thresholds of single classes, of those that enough images were taken for.
 *
 * @returns by position of the class
 */
export function findClassThresholds(
  judged: readonly Judged[],
  targetPrecision: number,
): Map<number, number> {
  const thresholds = new Map<number, number>();
  for (const [predicted, items] of Map.groupBy(judged, (item) => item.predicted)) {
    const found = findThreshold(items, targetPrecision);
    if (found) thresholds.set(predicted, found.threshold);
  }
  return thresholds;
}
