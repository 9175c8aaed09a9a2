/** 8-bit levels and the folding of normalisations, compared with values that were calculated by hand. */
import { expect, it } from "vitest";
import { foldNormalisation } from "../../src/graphs/fold-normalisation.ts";
import { dequantizeWeights, quantizeWeights, toLevels } from "../../src/quantize/levels.ts";

it("toLevels includes 0 and maps the ends of the range to 0 and 255", () => {
  expect(toLevels({ low: 0, high: 2.55 })).toEqual({ scale: Math.fround(0.01), zeroPoint: 0 });
  expect(toLevels({ low: -2.55, high: 0 })).toEqual({ scale: Math.fround(0.01), zeroPoint: 255 });
  expect(toLevels({ low: -1, high: 1.55 }).zeroPoint).toBe(100);
});

it("quantizeWeights uses the full range of -127 to 127, with a scale per output channel", () => {
  const made = quantizeWeights(
    Float32Array.of(1.27, -0.64, 0, 12.7, -12.7, 6.3),
    Float32Array.of(0.5, -1),
    0.1,
  );
  expect([...made.weight]).toEqual([127, -64, 0, 127, -127, 63]);
  expect(made.scales[0]).toBeCloseTo(0.01, 8);
  expect(made.scales[1]).toBeCloseTo(0.1, 7);
  // In units of 0.1 · 0.01 and 0.1 · 0.1.
  expect([...made.bias]).toEqual([500, -100]);
  const back = dequantizeWeights(made);
  expect(back[1]).toBeCloseTo(-0.64, 6);
  expect(back[5]).toBeCloseTo(6.3, 6);
});

it("quantizeWeights keeps the bias of a channel with tiny weights, whose scale would overflow int32", () => {
  const { bias, scales, weight } = quantizeWeights(
    Float32Array.of(1e-9, 0),
    Float32Array.of(3, 0),
    0.01,
  );
  expect((bias[0] as number) * (scales[0] as number) * 0.01).toBeCloseTo(3, 6);
  // A channel whose weights are all 0 does not cause a division by 0.
  expect([...weight]).toEqual([0, 0]);
  expect(Number.isFinite(scales[1])).toBe(true);
});

it("foldNormalisation uses epsilon, so a channel without variance is not divided by 0", () => {
  const { weight, bias } = foldNormalisation(Float32Array.of(2, 4), Float32Array.of(1, 1), {
    gamma: Float32Array.of(1, 0.5),
    beta: Float32Array.of(0, 3),
    mean: Float32Array.of(1, 0),
    variance: Float32Array.of(0, 3.99),
    epsilon: 0.01,
  });
  // 1 / √0.01 = 10, 0.5 / √4 = 0.25
  expect(weight[0]).toBeCloseTo(20, 5);
  expect(weight[1]).toBeCloseTo(1, 6);
  expect(bias[0]).toBeCloseTo(0, 5);
  expect(bias[1]).toBeCloseTo(3.25, 6);
});
