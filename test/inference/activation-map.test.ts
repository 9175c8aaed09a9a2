import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/errors.ts";
import { activationMap } from "../../src/inference/activation-map.ts";

const FEATURES = {
  channels: 2,
  height: 1,
  width: 3,
  data: Float32Array.of(1, 2, 0, 0, 1, 4),
};

describe("activationMap", () => {
  it("weights the channels and scales the strongest position to 1", () => {
    // 1 * [1, 2, 0] + 0.5 * [0, 1, 4] = [1, 2.5, 2]
    const { width, height, data } = activationMap(FEATURES, Float32Array.of(1, 0.5));
    expect([width, height]).toEqual([3, 1]);
    // Allows for float32 rounding.
    [0.4, 1, 0.8].forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value, 6);
    });
  });

  it("sets evidence against the class to 0", () => {
    const { data } = activationMap(FEATURES, Float32Array.of(1, -1));
    expect([...data]).toEqual([1, 1, 0]);
    expect([...activationMap(FEATURES, Float32Array.of(-1, 0)).data]).toEqual([0, 0, 0]);
  });

  it("throws a ModelError if the number of weights is not the number of channels", () => {
    expect(() => activationMap(FEATURES, Float32Array.of(1))).toThrow(ModelError);
  });
});
