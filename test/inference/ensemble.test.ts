import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { combine, type Member } from "../../src/inference/ensemble.ts";

const member = (distribution: Record<string, number>): Member => ({
  ids: Object.keys(distribution),
  probabilities: Float64Array.from(Object.values(distribution)),
});

function expectCombined(members: Member[], expected: Record<string, number>): void {
  const { ids, probabilities } = combine(members);
  expect(ids).toEqual(Object.keys(expected));
  Object.values(expected).forEach((value, i) => {
    // The iteration stops at a change of 1e-9.
    expect(probabilities[i]).toBeCloseTo(value, 8);
  });
}

describe("combine", () => {
  it("returns the distribution of a single model unchanged", () => {
    const only = member({ a: 0.3, b: 0.7 });
    expect(combine([only])).toEqual(only);
  });

  it("averages models with the same classes", () => {
    expectCombined([member({ a: 0.2, b: 0.8 }), member({ b: 0.4, a: 0.6 })], { a: 0.4, b: 0.6 });
  });

  it("lets a model that lacks a class shift probability only among its own classes", () => {
    // The second model lacks c. It moves the 0.5 that the first gives to a and b towards b.
    const first = member({ a: 0.4, b: 0.1, c: 0.5 });
    const second = member({ a: 0, b: 1 });
    expectCombined([first, second], { a: 0.2, b: 0.3, c: 0.5 });
  });

  it("ignores a model for a photo of a class that the model lacks", () => {
    const first = member({ a: 0.01, b: 0.01, c: 0.98 });
    const second = member({ a: 1, b: 0 });
    const { probabilities } = combine([first, second]);
    expect(probabilities[2]).toBeCloseTo(0.98, 8);
  });

  it("returns a distribution for any members", () => {
    const anyMember = fc
      .uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 1 })
      .chain((ids) =>
        fc
          .array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
            minLength: ids.length,
            maxLength: ids.length,
          })
          .map((values): Member => {
            const sum = values.reduce((a, b) => a + b, 0);
            return { ids, probabilities: Float64Array.from(values, (value) => value / sum) };
          }),
      );
    fc.assert(
      fc.property(fc.array(anyMember, { minLength: 1, maxLength: 4 }), (members) => {
        const { ids, probabilities } = combine(members);
        expect(new Set(ids).size).toBe(ids.length);
        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
