import { describe, expect, it } from "vitest";
import { drawMix, inverseFrequencies, orderPhotos } from "../../../src/training/data/plan-epoch.ts";

const SKEWED = [...Array(90).fill(0), ...Array(10).fill(1)];

describe("the order of an epoch", () => {
  it("has every photo once, in another order each time", () => {
    const order = (epoch: number) => orderPhotos(SKEWED, { seed: 1, epoch, oversample: false });
    expect(order(0).toSorted((a, b) => a - b)).toEqual([...SKEWED.keys()]);
    expect(order(0)).toEqual(order(0));
    expect(order(0)).not.toEqual(order(1));
  });

  it("has all classes equally often if small ones are oversampled", () => {
    const order = orderPhotos(SKEWED, { seed: 1, epoch: 0, oversample: true });
    const small = order.filter((photo) => SKEWED[photo] === 1);
    expect(order).toHaveLength(180);
    expect(small).toHaveLength(90);
    const times = new Map<number, number>();
    for (const photo of small) times.set(photo, (times.get(photo) ?? 0) + 1);
    expect([...times.values()]).toEqual(Array(10).fill(9));
  });
});

describe("weights by inverse frequency", () => {
  it("make all classes count the same, and the mean photo 1", () => {
    const weights = inverseFrequencies([90, 10]);
    expect(90 * (weights[0] as number)).toBeCloseTo(10 * (weights[1] as number));
    expect(90 * (weights[0] as number) + 10 * (weights[1] as number)).toBeCloseTo(100);
  });

  it("are 0 for a class without photos", () => {
    expect(inverseFrequencies([5, 0])[1]).toBe(0);
  });
});

describe("mixup", () => {
  it("pairs each photo with another, and draws one share", () => {
    const mixes = drawMix(16, 0.4, 1, 2, 3);
    expect(mixes.map(({ other }) => other).toSorted((a, b) => a - b)).toEqual([
      ...Array(16).keys(),
    ]);
    expect(new Set(mixes.map(({ share }) => share)).size).toBe(1);
  });

  it.each([0.2, 1, 4])("draws shares with the spread of Beta(%d, %d)", (alpha) => {
    const shares = Array.from({ length: 4000 }, (_, i) => drawMix(1, alpha, i)[0]?.share as number);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    // The standard error of the mean is below 0.008, that of the variance below 0.004.
    expect(mean).toBeCloseTo(0.5, 1);
    expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.015);
  });
});
