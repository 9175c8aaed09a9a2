import { describe, expect, it } from "vitest";
import {
  binByConfidence,
  crossFitTemperature,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  type ScoredPrediction,
  scorePredictions,
} from "../../src/evaluate/calibration.ts";
import { evaluatePredictions } from "../../src/evaluate/evaluate-predictions.ts";
import { findClassThresholds, findThreshold, riskCoverage } from "../../src/evaluate/thresholds.ts";
import { softmax } from "../../src/inference/softmax.ts";
import { makeRandom } from "../support/made-up.ts";

const CLASSES = 5;

/** Makes photos whose class is drawn from softmax(logits / temperature), so they are calibrated at `temperature`. */
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

const item = (confidence: number, right: boolean, predicted = 0): ScoredPrediction => ({
  confidence,
  right,
  predicted,
});

describe("expectedCalibrationError", () => {
  it("is the mean distance between confidence and accuracy over 15 bins", () => {
    // The bin of 0.9 has accuracy 0.5; the bin of 0.3 has accuracy 0.
    const predictions = [item(0.9, true), item(0.9, false), item(0.3, false), item(0.3, false)];
    expect(expectedCalibrationError(predictions)).toBeCloseTo(0.5 * 0.4 + 0.5 * 0.3, 12);
    expect(binByConfidence(predictions).reduce((sum, { count }) => sum + count, 0)).toBe(4);
    // A confidence of 1 is in the last bin.
    expect(binByConfidence([item(1, true)]).at(-1)).toMatchObject({ count: 1, accuracy: 1 });
    // With 15 bins, as in the paper, 0.62 and 0.68 are in different bins.
    const apart = binByConfidence([item(0.62, true), item(0.68, false)]);
    expect(apart.flatMap(({ count, from }) => (count > 0 ? [from] : []))).toEqual([
      9 / 15,
      10 / 15,
    ]);
  });
});

describe("fitTemperature and crossFitTemperature", () => {
  it.each([0.5, 1, 2.5])(
    "find the temperature %s that the photos were made with",
    (temperature) => {
      const { logits, truths } = makePhotos(4000, temperature);
      // The standard error over 4000 photos is about 3 %.
      expect(fitTemperature(logits, truths) / temperature).toBeCloseTo(1, 0.9);
      const { temperature: fitted, crossFitted } = crossFitTemperature(logits, truths);
      expect(fitted / temperature).toBeGreaterThan(0.9);
      expect(fitted / temperature).toBeLessThan(1.1);
      expect(expectedCalibrationError(crossFitted)).toBeLessThan(0.03);
    },
  );

  it("score each half of the photos with the temperature of the other half", () => {
    const { logits, truths } = makePhotos(400, 2);
    const { crossFitted } = crossFitTemperature(logits, truths);
    const odd = logits.map((_, i) => i).filter((i) => i % 2 === 1);
    const fitted = fitTemperature(
      odd.map((i) => logits[i] as Float32Array),
      odd.map((i) => truths[i] as number),
    );
    const [first] = scorePredictions([logits[0] as Float32Array], [truths[0] as number], fitted);
    expect(crossFitted[0]?.confidence).toBeCloseTo(first?.confidence as number, 6);
  });

  it("return 1 if scaling makes the truths of other photos less probable", () => {
    // Made with temperature 1, but with so few photos that the halves have different temperatures.
    const { logits, truths } = makePhotos(12, 1);
    const { temperature } = crossFitTemperature(logits, truths);
    const fitted = fitTemperature(logits, truths);
    expect(fitted).not.toBeCloseTo(1, 2);
    expect(temperature).toBe(1);
  });
});

describe("negativeLogLikelihood", () => {
  it("is -log of the softmax of the true class", () => {
    const logits = [Float32Array.from([1, 2, 3])];
    const expected = -Math.log(softmax(logits[0] as Float32Array, 2)[1] as number);
    expect(negativeLogLikelihood(logits, [1], 2)).toBeCloseTo(expected, 9);
  });
});

describe("findThreshold", () => {
  const many = (confidence: number, rights: number, wrongs: number, predicted = 0) => [
    ...Array.from({ length: rights }, () => item(confidence, true, predicted)),
    ...Array.from({ length: wrongs }, () => item(confidence, false, predicted)),
  ];

  it("returns the lowest threshold such that it and all higher ones reach the precision", () => {
    const predictions = [...many(0.9, 30, 0), ...many(0.6, 18, 2), ...many(0.3, 5, 15)];
    expect(findThreshold(predictions, 0.95)).toEqual({
      threshold: 0.31,
      coverage: 50 / 70,
      precision: 48 / 50,
    });
    expect(findThreshold(predictions, 0.99)?.threshold).toBe(0.61);
  });

  it("does not return a threshold if a higher one misses the precision", () => {
    // Above 0.5, 95 % are correct, but above 0.7 only 90 %.
    const predictions = [...many(0.9, 18, 2), ...many(0.5, 22, 0)];
    expect(findThreshold(predictions, 0.95)).toBeUndefined();
    expect(findThreshold(predictions, 0.9)?.threshold).toBe(0.5);
  });

  it("needs at least 20 answers", () => {
    expect(findThreshold(many(0.9, 19, 0), 0.95)).toBeUndefined();
    expect(findThreshold(many(0.9, 20, 0), 0.95)?.threshold).toBe(0.9);
  });

  it("is not below the lowest confidence, even if all answers are right", () => {
    const point = findThreshold([...many(0.99, 30, 0), ...many(0.567, 1, 0)], 0.95);
    expect(point).toEqual({ threshold: 0.56, coverage: 1, precision: 1 });
  });

  it("is applied by findClassThresholds to each class with enough predictions", () => {
    const predictions = [
      ...many(0.9, 20, 0, 1),
      ...many(0.4, 10, 10, 1),
      ...many(0.9, 19, 0, 2),
      ...many(0.4, 25, 0, 3),
    ];
    expect([...findClassThresholds(predictions, 0.95)]).toEqual([
      [1, 0.41],
      [3, 0.4],
    ]);
  });
});

it("riskCoverage has one point per confidence, from the highest down", () => {
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

it("evaluatePredictions gives no top-5 for five classes, which would be 1 for any model", () => {
  const logits = [Float32Array.of(0, 0, 0, 0, 1)];
  const predictions = {
    ids: ["a", "b", "c", "d", "e"],
    truths: ["a"],
    logits,
    floatLogits: logits,
  };
  const { top5, float } = evaluatePredictions(predictions, 0.95);
  expect([top5, float]).toEqual([undefined, { top1: 0, top5: undefined }]);
});

it("evaluatePredictions computes the figures of the model and of each class", () => {
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
    // Of six classes, "a" is the last for photo 2, and "c" is among the first five for photo 4.
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
