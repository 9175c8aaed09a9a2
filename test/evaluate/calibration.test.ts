import { describe, expect, it } from "vitest";
import {
  binByConfidence,
  crossFitTemperature,
  expectedCalibrationError,
  fitTemperature,
  type Judged,
  judge,
  negativeLogLikelihood,
} from "../../src/evaluate/calibration.ts";
import { evaluatePredictions } from "../../src/evaluate/evaluate-predictions.ts";
import { findClassThresholds, findThreshold, riskCoverage } from "../../src/evaluate/thresholds.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { makeRandom } from "../support/made-up.ts";

const CLASSES = 5;

/** Photos whose class is drawn from softmax(logits / temperature): calibrated at that temperature. */
function makePhotos(count: number, temperature: number) {
  const random = makeRandom();
  const logits = Array.from({ length: count }, () =>
    Float32Array.from({ length: CLASSES }, () => (random() - 0.5) * 8),
  );
  const truths = logits.map((vector) => {
    let left = random();
    const probabilities = softmax(vector, temperature);
    return Math.max(
      0,
      probabilities.findIndex((p) => {
        left -= p;
        return left < 0;
      }),
    );
  });
  return { logits, truths };
}

const item = (confidence: number, right: boolean, predicted = 0): Judged => ({
  confidence,
  right,
  predicted,
});

describe("expected calibration error", () => {
  it("is the mean distance of confidence and accuracy, by bins", () => {
    // Bin of 0.9: accuracy 0.5, confidence 0.9; bin of 0.3: accuracy 0, confidence 0.3.
    const judged = [item(0.9, true), item(0.9, false), item(0.3, false), item(0.3, false)];
    expect(expectedCalibrationError(judged)).toBeCloseTo(0.5 * 0.4 + 0.5 * 0.3, 12);
    expect(binByConfidence(judged).reduce((sum, { count }) => sum + count, 0)).toBe(4);
    // A confidence of 1 is in the last bin.
    expect(binByConfidence([item(1, true)]).at(-1)).toMatchObject({ count: 1, accuracy: 1 });
    // Fifteen, as in the paper: 0.62 and 0.68 are apart.
    const apart = binByConfidence([item(0.62, true), item(0.68, false)]);
    expect(apart.flatMap(({ count, from }) => (count > 0 ? [from] : []))).toEqual([
      9 / 15,
      10 / 15,
    ]);
  });
});

describe("temperature", () => {
  it.each([0.5, 1, 2.5])("is found again where photos were made at %s", (temperature) => {
    const { logits, truths } = makePhotos(4000, temperature);
    // The standard error over 4000 photos is some 3 %.
    expect(fitTemperature(logits, truths) / temperature).toBeCloseTo(1, 0.9);
    const { temperature: fitted, crossFitted } = crossFitTemperature(logits, truths);
    expect(fitted / temperature).toBeGreaterThan(0.9);
    expect(fitted / temperature).toBeLessThan(1.1);
    expect(expectedCalibrationError(crossFitted)).toBeLessThan(0.03);
  });

  it("is judged on photos that it was not fitted on", () => {
    const { logits, truths } = makePhotos(400, 2);
    const { crossFitted } = crossFitTemperature(logits, truths);
    const odd = logits.map((_, i) => i).filter((i) => i % 2 === 1);
    const fitted = fitTemperature(
      odd.map((i) => logits[i] as Float32Array),
      odd.map((i) => truths[i] as number),
    );
    const [first] = judge([logits[0] as Float32Array], [truths[0] as number], fitted);
    expect(crossFitted[0]?.confidence).toBeCloseTo(first?.confidence as number, 6);
  });

  it("stays 1 where scaling makes other photos less probable", () => {
    // Made at 1, but few enough that each half has a temperature of its own.
    const { logits, truths } = makePhotos(12, 1);
    const { temperature } = crossFitTemperature(logits, truths);
    const fitted = fitTemperature(logits, truths);
    expect(fitted).not.toBeCloseTo(1, 2);
    expect(temperature).toBe(1);
  });

  it("of likelihood is by its definition", () => {
    const logits = [Float32Array.from([1, 2, 3])];
    const expected = -Math.log(softmax(logits[0] as Float32Array, 2)[1] as number);
    expect(negativeLogLikelihood(logits, [1], 2)).toBeCloseTo(expected, 9);
  });
});

describe("a threshold", () => {
  const many = (confidence: number, rights: number, wrongs: number, predicted = 0) => [
    ...Array.from({ length: rights }, () => item(confidence, true, predicted)),
    ...Array.from({ length: wrongs }, () => item(confidence, false, predicted)),
  ];

  it("is the lowest from which on enough answers are right", () => {
    const judged = [...many(0.9, 30, 0), ...many(0.6, 18, 2), ...many(0.3, 5, 15)];
    expect(findThreshold(judged, 0.95)).toEqual({
      threshold: 0.31,
      coverage: 50 / 70,
      precision: 48 / 50,
    });
    expect(findThreshold(judged, 0.99)?.threshold).toBe(0.61);
  });

  it("is not a lucky one among worse ones", () => {
    // From 0.5 on 95 % are right, but from 0.7 on only 90 %: the 0.5 saves it by luck.
    const judged = [...many(0.9, 18, 2), ...many(0.5, 22, 0)];
    expect(findThreshold(judged, 0.95)).toBeUndefined();
    expect(findThreshold(judged, 0.9)?.threshold).toBe(0);
  });

  it("needs twenty answers", () => {
    expect(findThreshold(many(0.9, 19, 0), 0.95)).toBeUndefined();
    expect(findThreshold(many(0.9, 20, 0), 0.95)?.threshold).toBe(0);
  });

  it("is a class's own where enough photos were taken for it", () => {
    const judged = [
      ...many(0.9, 20, 0, 1),
      ...many(0.4, 10, 10, 1),
      ...many(0.9, 19, 0, 2),
      ...many(0.4, 25, 0, 3),
    ];
    expect([...findClassThresholds(judged, 0.95)]).toEqual([
      [1, 0.41],
      [3, 0],
    ]);
  });
});

it("risk and coverage are of all confidences from the highest down, equal ones together", () => {
  const points = riskCoverage([
    item(0.5, false),
    item(0.9, true),
    item(0.5, true),
    item(0.2, true),
  ]);
  expect(points).toEqual([
    { threshold: 0.9, coverage: 0.25, precision: 1 },
    { threshold: 0.5, coverage: 0.75, precision: 2 / 3 },
    { threshold: 0.2, coverage: 1, precision: 0.75 },
  ]);
});

it("an evaluation counts what is right, by class too", () => {
  const one = (i: number) => Float32Array.from({ length: 6 }, (_, j) => (i === j ? 3 : j / 100));
  const ids = ["a", "b", "c", "d", "e", "f"];
  const evaluation = evaluatePredictions(
    {
      ids,
      truths: ["a", "a", "b", "c"],
      logits: [one(0), one(1), one(1), one(0)],
      floatLogits: [one(0), one(0), one(1), one(2)],
    },
    0.95,
  );
  expect(evaluation).toMatchObject({
    images: 4,
    top1: 0.5,
    // Of six classes "a" is the last for photo 2, and "c" is among five for photo 4.
    top5: 0.75,
    agreement: 0.5,
    float: { top1: 1, top5: 1 },
    recommended: undefined,
    classThresholds: {},
  });
  expect(evaluation.classes).toEqual([
    {
      ...{ id: "a", images: 2, recall: 0.5, predictions: 2, precision: 0.5 },
      ...{ threshold: undefined, confusedWith: "b" },
    },
    {
      ...{ id: "b", images: 1, recall: 1, predictions: 2, precision: 0.5 },
      ...{ threshold: undefined, confusedWith: undefined },
    },
    {
      ...{ id: "c", images: 1, recall: 0, predictions: 0, precision: undefined },
      ...{ threshold: undefined, confusedWith: "a" },
    },
  ]);
});
