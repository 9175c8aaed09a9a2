import { describe, expect, it } from "vitest";
import { rateAt, temperatureAt } from "../../src/training/schedule.ts";

const SCHEDULE = { rate: 1e-3, minimum: 1e-6, warmUp: 10, total: 110 };

describe("the learning rate", () => {
  it("rises in a line, and is at its highest after the warm-up", () => {
    expect(rateAt(0, SCHEDULE)).toBeCloseTo(1e-4, 9);
    expect(rateAt(4, SCHEDULE)).toBeCloseTo(5e-4, 9);
    expect(rateAt(10, SCHEDULE)).toBeCloseTo(1e-3, 9);
  });

  it("falls by half a cosine to its minimum", () => {
    expect(rateAt(60, SCHEDULE)).toBeCloseTo((1e-3 + 1e-6) / 2, 9);
    expect(rateAt(110, SCHEDULE)).toBeCloseTo(1e-6, 9);
  });

  it("stays at 0 for what is not trained", () => {
    expect(rateAt(5, { ...SCHEDULE, rate: 0 })).toBe(0);
  });
});

describe("the temperature of a distillation", () => {
  it("changes in a line from the first step to the last", () => {
    const range = { from: 6, to: 2 };
    expect([0, 1, 2, 3, 4].map((step) => temperatureAt(step, range, 5))).toEqual([6, 5, 4, 3, 2]);
    expect(temperatureAt(0, range, 1)).toBe(6);
  });
});
