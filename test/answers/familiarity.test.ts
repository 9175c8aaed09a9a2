import { describe, expect, it } from "vitest";
import {
  isFamiliar,
  isFamiliarToAny,
  type Measured,
  measure,
  scoreFamiliarity,
} from "../../src/answers/familiarity.ts";

const outputs = (logits: number[], embedding?: number[]) => ({
  logits: Float32Array.from(logits),
  embedding: embedding && Float32Array.from(embedding),
});

describe("measure", () => {
  it("computes the measures of an image", () => {
    const { standout, peakedness, evenness } = measure(outputs([4, 0, 0, 0], [4, 0, 0, 0]));
    // Mean 1, variance 3, fourth moment (81 + 3) / 4 = 21.
    expect(standout).toBeCloseTo(3 / Math.sqrt(3), 6);
    expect(peakedness).toBeCloseTo(Math.log(21 / 9), 6);
    // The mean of the square roots is 0.5, that of the features 1.
    expect(evenness).toBeCloseTo(Math.log(0.25), 6);
  });

  it("does not depend on the scale of the outputs", () => {
    const one = measure(outputs([3, -1, 0.5, 0], [0.1, 0.5, 2]));
    const other = measure(outputs([300, -100, 50, 0], [10, 50, 200]));
    for (const name of ["standout", "peakedness", "evenness"] as const) {
      expect(other[name]).toBeCloseTo(one[name] as number, 5);
    }
  });

  it("is finite for a network that gives only zeros, or features below zero", () => {
    const measured = [measure(outputs([0, 0], [0, 0])), measure(outputs([1, 2], [-1, 1]))];
    const values = measured.flatMap((values) => Object.values(values));
    expect(values.every(Number.isFinite)).toBe(true);
    // Two features of the same size are as even as can be.
    expect(measured[1]?.evenness).toBeCloseTo(0, 6);
  });
});

describe("isFamiliar", () => {
  const measured: Measured = { standout: 7, peakedness: 2, evenness: -1 };
  const measures = {
    standout: { mean: 8, deviation: 2 },
    evenness: { mean: -0.5, deviation: 0.25 },
  };

  it("compares the sum of the standard scores with the score of the photos", () => {
    expect(scoreFamiliarity(measured, measures)).toBe(-2.5);
    expect(isFamiliar(measured, { measures, atLeast: -2.5 })).toBe(true);
    expect(isFamiliar(measured, { measures, atLeast: -2.49 })).toBe(false);
  });

  it("cannot tell without figures in the manifest, or without an embedding that they need", () => {
    expect(isFamiliar(measured, undefined)).toBeUndefined();
    const bare = { ...measured, evenness: undefined };
    expect(isFamiliar(bare, { measures, atLeast: -2.5 })).toBeUndefined();
  });
});

it.each<[verdicts: (boolean | undefined)[], expected: boolean | undefined]>([
  [[true, false], true],
  [[false, false], false],
  [[false, undefined], false],
  [[undefined, undefined], undefined],
])("isFamiliarToAny of %j is %s", (verdicts, expected) => {
  expect(isFamiliarToAny(verdicts)).toBe(expected);
});
