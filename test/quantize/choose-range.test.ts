import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseRange, RANGE_METHODS } from "../../src/quantize/choose-range.ts";
import { Histogram } from "../../src/quantize/histogram.ts";
import { makeRandom } from "../support/made-up.ts";

const COUNT = 200_000;

/** Makes normally distributed values, with the Box-Muller transform. */
function makeNormal(count: number): Float32Array {
  const random = makeRandom();
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random()),
  );
}

function count(...batches: Float32Array[]) {
  const histogram = new Histogram();
  for (const batch of batches) histogram.add(batch);
  return histogram.read();
}

/** The mean squared error of 256 levels over a range, directly from the definition. */
function errorOf(values: Float32Array, { low, high }: { low: number; high: number }): number {
  const step = (high - low) / 255;
  const zero = Math.round(-low / step);
  const sum = values.reduce((total, value) => {
    const level = Math.min(255, Math.max(0, Math.round(value / step) + zero));
    return total + (value - (level - zero) * step) ** 2;
  }, 0);
  return sum / values.length;
}

describe("Histogram", () => {
  it("counts every value in the correct bin, even if the bins are widened", () => {
    const small = Float32Array.from([0, 1e-6, -2e-6, 3e-6]);
    const large = Float32Array.from([5, -3, 0, 4.999]);
    const { counts, first, binWidth, zeros, min, max } = count(small, large);
    expect([zeros, min, max]).toEqual([2, -3, 5]);
    expect(counts.reduce((sum, bin) => sum + bin, 0)).toBe(6);
    for (const value of [...small, ...large]) {
      if (value === 0) continue;
      expect(counts[Math.floor(value / binWidth) - first]).toBeGreaterThan(0);
    }
    // The largest value is in the upper half of the bins of its side.
    expect(5 / binWidth).toBeGreaterThanOrEqual(4096);
  });
});

describe("chooseRange", () => {
  const normal = makeNormal(COUNT);
  const relu = normal.map((value) => Math.max(0, value));

  it.each(RANGE_METHODS)("%s finds a range if every value is far from 0", (method) => {
    const { low, high } = chooseRange(count(Float32Array.of(5, 5.1)), method);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(4);
  });

  it.each(RANGE_METHODS)("%s includes 0, and nothing below 0 after a ReLU", (method) => {
    const both = chooseRange(count(normal), method);
    expect(both.low).toBeLessThan(-1);
    expect(both.high).toBeGreaterThan(1);
    const positive = chooseRange(count(relu), method);
    expect(positive.low).toBe(0);
    expect(positive.high).toBeGreaterThan(1);
  });

  it.each(RANGE_METHODS)("%s returns a range that is not empty for a tensor of zeros", (method) => {
    expect(chooseRange(count(new Float32Array(100)), method)).toEqual({ low: 0, high: 1 });
  });

  it.each(RANGE_METHODS)(
    "%s returns a range that is not empty for one value among zeros",
    (method) => {
      const sparse = new Float32Array(100_000);
      sparse[5] = 7;
      const { low, high } = chooseRange(count(sparse), method);
      expect([low, high > 0.3 * 7 - 0.01]).toEqual([0, true]);
    },
  );

  it.each(RANGE_METHODS)("%s returns a finite range with 0 for any values", (method) => {
    const value = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ noNaN: true, min: 2, max: 3 }),
      fc.float({ noNaN: true, min: -260, max: -250 }),
      fc.constant(0),
    );
    // Each value with how often it occurs, so that histograms have gaps and heavy bins.
    const values = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 3000 })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(values, (runs) => {
        const all = runs.map(([number, times]) => new Float32Array(times).fill(number));
        const bins = count(...all);
        const { low, high } = chooseRange(bins, method);
        expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
        expect(low).toBeLessThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThan(high);
        if (bins.min === 0 && bins.max === 0) return;
        // Never beyond the values, and not on the side where there are none.
        expect(low).toBeGreaterThanOrEqual(Math.min(0, bins.min));
        expect(high).toBeLessThanOrEqual(Math.max(0, bins.max));
        if (method !== "minmax") return;
        expect([low, high]).toEqual([Math.min(0, bins.min), Math.max(0, bins.max)]);
      }),
      { numRuns: 150 },
    );
  });

  it("minmax returns the range of all values", () => {
    const { min, max } = count(normal);
    expect(chooseRange(count(normal), "minmax")).toEqual({ low: min, high: max });
  });

  it("percentile excludes 0.01 % of the values", () => {
    const { low, high } = chooseRange(count(normal), "percentile");
    const outside = normal.filter((value) => value < low || value > high).length;
    // A bin has up to 0.1 % of the values in the middle, but only a few values in the tails.
    expect(outside).toBeGreaterThan(10);
    expect(outside).toBeLessThanOrEqual(COUNT * 1e-4);
  });

  it("mse returns a range with a smaller error than the full range and than similar ranges", () => {
    const outliers = Float32Array.from([...normal, 40, -40]);
    const range = chooseRange(count(outliers), "mse");
    const error = errorOf(outliers, range);
    expect(error).toBeLessThan(0.8 * errorOf(outliers, { low: -40, high: 40 }));
    for (const scale of [0.9, 1.1]) {
      const other = { low: range.low * scale, high: range.high * scale };
      expect(errorOf(outliers, other)).toBeGreaterThan(error * 0.99);
    }
  });

  it("entropy cuts isolated outliers and almost nothing else", () => {
    const outliers = Float32Array.from([...relu, ...Array(20).fill(30)]);
    const { high } = chooseRange(count(outliers), "entropy");
    // The smallest range that it tries is 0.3 of the full range.
    expect(high).toBeLessThan(12);
    expect(chooseRange(count(relu), "entropy").high).toBeGreaterThan(2.5);
  });
});
