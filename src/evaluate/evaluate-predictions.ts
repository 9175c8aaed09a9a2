/** The figures of a model on images whose classes are known. */
import { topK } from "../inference/top-k.ts";
import {
  binByConfidence,
  crossFitTemperature,
  expectedCalibrationError,
  type Judged,
  judge,
  type ReliabilityBin,
} from "./calibration.ts";
import {
  findClassThresholds,
  findThreshold,
  riskCoverage,
  type ThresholdPoint,
} from "./thresholds.ts";

/** One class in the table. */
export type ClassRow = {
  readonly id: string;
  readonly images: number;
  /** Share of its images that were taken for it. */
  readonly recall: number;
  /** How many images were taken for it, and which share of them rightly; undefined where none was. */
  readonly predictions: number;
  readonly precision: number | undefined;
  /** Undefined where the general threshold applies. */
  readonly threshold: number | undefined;
  /** The class that its images are most often taken for in place of it. */
  readonly confusedWith: string | undefined;
};

/** What was measured; shares from 0 to 1. */
export type Evaluation = {
  readonly images: number;
  readonly top1: number;
  readonly top5: number;
  /** Share of images with the float model's first class; undefined where there was none beside it. */
  readonly agreement: number | undefined;
  readonly float: { readonly top1: number; readonly top5: number } | undefined;
  readonly temperature: number;
  readonly ece: number;
  /** By temperatures that were fitted on other images. */
  readonly eceAfter: number;
  readonly targetPrecision: number;
  /** Undefined where no threshold reaches the target. */
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

/** What a model said. */
export type Predictions = {
  /** The model's classes, in output order. */
  readonly ids: readonly string[];
  /** Of each image, [N]. */
  readonly logits: readonly Float32Array[];
  /** Of the float model, in the same order of classes. */
  readonly floatLogits: readonly Float32Array[] | undefined;
  /** What each image shows: one of `ids`. */
  readonly truths: readonly string[];
};

const TOP_K = 5;

/** Works out all figures. */
export function evaluatePredictions(
  { ids, logits, floatLogits, truths }: Predictions,
  targetPrecision: number,
): Evaluation {
  const position = new Map(ids.map((id, i) => [id, i]));
  const expected = truths.map((id) => position.get(id) as number);
  const ranks = logits.map(rank);
  const floatRanks = floatLogits?.map(rank);
  const before = judge(logits, expected, 1);
  const { temperature, crossFitted } = crossFitTemperature(logits, expected);
  const served = judge(logits, expected, temperature);
  const recommended = findThreshold(served, targetPrecision);
  const thresholds = findClassThresholds(served, targetPrecision);
  return {
    images: logits.length,
    ...accuracy(ranks, expected),
    float: floatRanks && accuracy(floatRanks, expected),
    agreement: floatRanks && share(ranks, (classes, i) => classes[0] === floatRanks[i]?.[0]),
    temperature,
    ece: expectedCalibrationError(before),
    eceAfter: expectedCalibrationError(crossFitted),
    targetPrecision,
    recommended,
    classThresholds: Object.fromEntries(
      [...thresholds].map(([i, threshold]) => [ids[i] as string, threshold]),
    ),
    reliability: { before: binByConfidence(before), after: binByConfidence(crossFitted) },
    riskCoverage: riskCoverage(served),
    classes: tabulate(ids, served, expected, thresholds),
  };
}

/** The first classes, by position. */
function rank(logits: Float32Array): number[] {
  return topK(Float64Array.from(logits), TOP_K).map(({ classIndex }) => classIndex);
}

function accuracy(ranks: readonly number[][], expected: readonly number[]) {
  return {
    top1: share(ranks, (classes, i) => classes[0] === expected[i]),
    top5: share(ranks, (classes, i) => classes.includes(expected[i] as number)),
  };
}

function share<Item>(items: readonly Item[], test: (item: Item, i: number) => boolean): number {
  return items.filter(test).length / items.length;
}

/** The classes that occur among the images, in output order. */
function tabulate(
  ids: readonly string[],
  judged: readonly Judged[],
  expected: readonly number[],
  thresholds: ReadonlyMap<number, number>,
): ClassRow[] {
  const all = judged.map((item, i) => ({ ...item, truth: expected[i] as number }));
  const byTruth = Map.groupBy(all, ({ truth }) => truth);
  const byPrediction = Map.groupBy(all, ({ predicted }) => predicted);
  return [...byTruth]
    .sort(([a], [b]) => a - b)
    .map(([position, items]) => {
      const taken = byPrediction.get(position) ?? [];
      const wrong = Map.groupBy(
        items.filter(({ right }) => !right),
        ({ predicted }) => predicted,
      );
      const [confused] = [...wrong].sort(([, a], [, b]) => b.length - a.length);
      return {
        id: ids[position] as string,
        images: items.length,
        recall: share(items, ({ right }) => right),
        predictions: taken.length,
        precision: taken.length === 0 ? undefined : share(taken, ({ right }) => right),
        threshold: thresholds.get(position),
        confusedWith: confused && ids[confused[0]],
      };
    });
}
