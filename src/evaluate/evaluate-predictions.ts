/** Evaluates a model on images whose classes are known. */
import { type Accuracy, measureAccuracy } from "./accuracy.ts";
import {
  binByConfidence,
  crossFitTemperature,
  expectedCalibrationError,
  type ReliabilityBin,
  scorePredictions,
} from "./calibration.ts";
import { type ClassRow, tabulateClasses } from "./class-rows.ts";
import {
  findClassThresholds,
  findThreshold,
  riskCoverage,
  type ThresholdPoint,
} from "./thresholds.ts";

/** The figures of a model; shares are from 0 to 1. */
export type Evaluation = Accuracy & {
  readonly images: number;
  readonly temperature: number;
  /** Expected calibration error before calibration. */
  readonly ece: number;
  /** Expected calibration error after calibration, on images that the temperature was not fitted on. */
  readonly eceAfter: number;
  readonly targetPrecision: number;
  /** Undefined if no threshold reaches the target. */
  readonly recommended: ThresholdPoint | undefined;
  /** By class id. */
  readonly classThresholds: Readonly<Record<string, number>>;
  readonly reliability: {
    readonly before: readonly ReliabilityBin[];
    readonly after: readonly ReliabilityBin[];
  };
  readonly riskCoverage: readonly ThresholdPoint[];
  readonly classes: readonly ClassRow[];
};

export type Predictions = {
  /** The ids of the model's classes, in output order. */
  readonly ids: readonly string[];
  /** [N] for each image. */
  readonly logits: readonly Float32Array[];
  /** Those of the float model, with the classes in the same order. */
  readonly floatLogits: readonly Float32Array[] | undefined;
  /** The true class of each image, one of `ids`. */
  readonly truths: readonly string[];
};

export function evaluatePredictions(
  { ids, logits, floatLogits, truths }: Predictions,
  targetPrecision: number,
): Evaluation {
  const position = new Map(ids.map((id, i) => [id, i]));
  const expected = truths.map((id) => position.get(id) as number);
  const before = scorePredictions(logits, expected, 1);
  const { temperature, crossFitted } = crossFitTemperature(logits, expected);
  const calibrated = scorePredictions(logits, expected, temperature);
  const recommended = findThreshold(calibrated, targetPrecision);
  const thresholds = findClassThresholds(calibrated, targetPrecision);
  return {
    images: logits.length,
    ...measureAccuracy(logits, floatLogits, expected),
    temperature,
    ece: expectedCalibrationError(before),
    eceAfter: expectedCalibrationError(crossFitted),
    targetPrecision,
    recommended,
    classThresholds: Object.fromEntries(
      [...thresholds].map(([i, threshold]) => [ids[i] as string, threshold]),
    ),
    reliability: { before: binByConfidence(before), after: binByConfidence(crossFitted) },
    riskCoverage: riskCoverage(calibrated),
    classes: tabulateClasses(ids, calibrated, expected, thresholds),
  };
}
