/** What thresholds that were fitted on the photos for validation do to the photos of the test. */
import { type ScoredPrediction, scorePredictions } from "../../src/evaluate/calibration.ts";
import { evaluatePredictions } from "../../src/evaluate/evaluate-predictions.ts";
import { formatMarkdown, percent } from "./compare-settings.ts";
import { deviation, mean } from "./paired-difference.ts";
import type { Measured } from "./planned-run.ts";

/** That of `train run`. */
const TARGET_PRECISION = 0.95;
/** What a manifest recommends if no threshold reaches the target. */
const FALLBACK = 0.5;

const RULES = ["always an answer", "one threshold", "a threshold for each class"] as const;

export type ThresholdRow = {
  readonly photos: string;
  readonly method: string;
  readonly rule: (typeof RULES)[number];
  /** By seed: share of the answers that are right. */
  readonly precisions: readonly number[];
  /** By seed: share of the photos that get an answer. */
  readonly answered: readonly number[];
};

/** @param runs - of the same setting, one for each seed */
export function judgeThresholds(
  photos: string,
  method: string,
  runs: readonly Measured[],
): ThresholdRow[] {
  const points = runs.map(judge);
  return RULES.map((rule, i) => ({
    photos,
    method,
    rule,
    precisions: points.map((rules) => rules[i]?.precision as number),
    answered: points.map((rules) => rules[i]?.answered as number),
  }));
}

type Point = { readonly precision: number; readonly answered: number };

/** One point for each rule. */
function judge({ classes, validation, test }: Measured): Point[] {
  const logits = validation.logits.map((values) => Float32Array.from(values));
  const truths = validation.truths.map((index) => classes[index] as string);
  const { temperature, recommended, classThresholds } = evaluatePredictions(
    { ids: classes, logits, floatLogits: undefined, truths },
    TARGET_PRECISION,
  );
  const predictions = scorePredictions(
    test.logits.map((values) => Float32Array.from(values)),
    test.truths,
    temperature,
  );
  const threshold = recommended?.threshold ?? FALLBACK;
  return [
    measure(predictions, () => 0),
    measure(predictions, () => threshold),
    measure(predictions, (index) => classThresholds[classes[index] as string] ?? threshold),
  ];
}

function measure(
  predictions: readonly ScoredPrediction[],
  thresholdOf: (classIndex: number) => number,
): Point {
  const answered = predictions.filter(
    ({ predicted, confidence }) => confidence >= thresholdOf(predicted),
  );
  const right = answered.filter((prediction) => prediction.right).length;
  return {
    precision: answered.length === 0 ? 1 : right / answered.length,
    answered: answered.length / predictions.length,
  };
}

/** A table in Markdown. */
export function describeThresholds(rows: readonly ThresholdRow[]): string {
  const show = (values: readonly number[]) =>
    `${percent(mean(values))} ± ${percent(deviation(values))}`;
  return formatMarkdown(
    ["photos", "method", "rule", "right, % of the answers", "answered, % of the photos"],
    rows.map(({ photos, method, rule, precisions, answered }) => [
      photos,
      method,
      rule,
      show(precisions),
      show(answered),
    ]),
  );
}
