/** Intervals and tests, against numbers that were computed by hand. */
import { describe, expect, it } from "vitest";
import { mcnemarExact, wilsonInterval } from "../../src/evaluate/significance.ts";

describe("Wilson's interval", () => {
  it("gives half of an even share on either side", () => {
    // 5 of 10: 0.5 ± z·sqrt(0.025 + z²/400)/(1 + z²/10), z² = 3.8415.
    const [low, high] = wilsonInterval(5, 10);
    expect(low).toBeCloseTo(0.2366, 4);
    expect(high).toBeCloseTo(0.7634, 4);
  });

  it("stays between 0 and 1, and is not empty if all are right", () => {
    // All of n: 1/(1 + z²/n) to 1.
    expect(wilsonInterval(10, 10)[0]).toBeCloseTo(1 / 1.38415, 4);
    expect(wilsonInterval(10, 10)[1]).toBeCloseTo(1, 12);
    expect(wilsonInterval(0, 10)[0]).toBeCloseTo(0, 12);
  });
});

describe("McNemar's exact test", () => {
  it.each([
    // 2 · (1 + 10) / 2^10
    [1, 9, 22 / 1024],
    // 2 · 1 / 2^6
    [6, 0, 2 / 64],
    [0, 0, 1],
    [4, 4, 1],
  ])("of %i and %i photos", (first, second, expected) => {
    expect(mcnemarExact(first, second)).toBeCloseTo(expected, 12);
    expect(mcnemarExact(second, first)).toBeCloseTo(expected, 12);
  });

  it("is a number for thousands of photos", () => {
    expect(mcnemarExact(2000, 2000)).toBe(1);
    expect(mcnemarExact(1500, 2500)).toBeLessThan(1e-50);
  });
});
