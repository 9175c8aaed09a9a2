/** Evaluates a model on images whose classes are known. */
import { topK } from "../inference/top-k.ts";
import {
  binByConfidence,
  crossFitTemperature,
  expectedCalibrationError,
  type ReliabilityBin,
  type ScoredPrediction,
  scorePredictions,
} from "./calibration.ts";
import {
  findClassThresholds,
  findThreshold,
  riskCoverage,
  type ThresholdPoint,
} from "./thresholds.ts";

/** The figures of one class. */
export type ClassRow = {
  readonly id: string;
  readonly images: number;
  /** Share of its images that were predicted as this class. */
  readonly recall: number;
  /** Number of images that were predicted as this class. */
  readonly predictions: number;
  /** Share of these predictions that are correct; undefined if there are none. */
  readonly precision: number | undefined;
  /** Undefined if the recommended threshold applies. */
  readonly threshold: number | undefined;
  /** The class that is most often predicted wrongly for its images. */
  readonly confusedWith: string | undefined;
};

/** The figures of a model; shares are from 0 to 1. */
export type Evaluation = {
  readonly images: number;
  readonly top1: number;
  readonly top5: number;
  /** Share of images with the same first class as the float model; undefined without a float model. */
  readonly agreement: number | undefined;
  readonly float: { readonly top1: number; readonly top5: number } | undefined;
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

const TOP_K = 5;

export function evaluatePredictions(
  { ids, logits, floatLogits, truths }: Predictions,
  targetPrecision: number,
): Evaluation {
  const position = new Map(ids.map((id, i) => [id, i]));
  const expected = truths.map((id) => position.get(id) as number);
  const ranks = logits.map(rank);
  const floatRanks = floatLogits?.map(rank);
  const before = scorePredictions(logits, expected, 1);
  const { temperature, crossFitted } = crossFitTemperature(logits, expected);
  const calibrated = scorePredictions(logits, expected, temperature);
  const recommended = findThreshold(calibrated, targetPrecision);
  const thresholds = findClassThresholds(calibrated, targetPrecision);
  return {
    images: logits.length,
    ...accuracy(ranks, expected),
    float: floatRanks && accuracy(floatRanks, expected),
    agreement: floatRanks && fraction(ranks, (classes, i) => classes[0] === floatRanks[i]?.[0]),
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
    classes: tabulate(ids, calibrated, expected, thresholds),
  };
}

/** The indices of the most probable classes. */
function rank(logits: Float32Array): number[] {
  return topK(Float64Array.from(logits), TOP_K).map(({ classIndex }) => classIndex);
}

function accuracy(ranks: readonly number[][], expected: readonly number[]) {
  return {
    top1: fraction(ranks, (classes, i) => classes[0] === expected[i]),
    top5: fraction(ranks, (classes, i) => classes.includes(expected[i] as number)),
  };
}

function fraction<Item>(items: readonly Item[], test: (item: Item, i: number) => boolean): number {
  return items.filter(test).length / items.length;
}

/** Makes a row for each class that occurs among the images, in output order. */
function tabulate(
  ids: readonly string[],
  predictions: readonly ScoredPrediction[],
  expected: readonly number[],
  thresholds: ReadonlyMap<number, number>,
): ClassRow[] {
  const all = predictions.map((item, i) => ({ ...item, truth: expected[i] as number }));
  const byTruth = Map.groupBy(all, ({ truth }) => truth);
  const byPrediction = Map.groupBy(all, ({ predicted }) => predicted);
  return [...byTruth]
    .sort(([a], [b]) => a - b)
    .map(([position, items]) => {
      const predicted = byPrediction.get(position) ?? [];
      const wrong = Map.groupBy(
        items.filter(({ right }) => !right),
        ({ predicted }) => predicted,
      );
      const [confused] = [...wrong].sort(([, a], [, b]) => b.length - a.length);
      return {
        id: ids[position] as string,
        images: items.length,
        recall: fraction(items, ({ right }) => right),
        predictions: predicted.length,
        precision: predicted.length === 0 ? undefined : fraction(predicted, ({ right }) => right),
        threshold: thresholds.get(position),
        confusedWith: confused && ids[confused[0]],
      };
    });
}
