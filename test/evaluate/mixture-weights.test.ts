/** Weights of a mixture, against ones that are known or found by trying all. */
import { describe, expect, it } from "vitest";
import {
  crossFitMixture,
  fitMixtureWeights,
  mixtureLoss,
} from "../../src/evaluate/mixture-weights.ts";
import { makeRandom } from "../support/made-up.ts";

const STEPS = 50;

/** What three made-up networks give for the true classes. */
function makeTruths(photos: number): Float64Array[] {
  const random = makeRandom();
  return [0.9, 0.6, 0.3].map((skill) =>
    Float64Array.from({ length: photos }, () => 0.02 + 0.97 * skill * random()),
  );
}

/** All weights of three networks in steps of 1 / {@link STEPS}. */
function* allWeights() {
  for (let a = 0; a <= STEPS; a++) {
    for (let b = 0; a + b <= STEPS; b++) yield [a, b, STEPS - a - b].map((n) => n / STEPS);
  }
}

describe("the weights of a mixture", () => {
  it("are shares of the photos if each photo is known to one network only", () => {
    const knows = (from: number, to: number) =>
      Float64Array.from({ length: 10 }, (_, i) => (i >= from && i < to ? 1 : 0));
    const { weights, loss } = fitMixtureWeights([knows(0, 7), knows(7, 10)]);
    expect(weights[0]).toBeCloseTo(0.7, 6);
    expect(loss).toBeCloseTo(-(0.7 * Math.log(0.7) + 0.3 * Math.log(0.3)), 6);
  });

  it("lose no more than any others, within the bound that is stated", () => {
    const truths = makeTruths(60);
    const { weights, loss, gap } = fitMixtureWeights(truths);
    expect(gap).toBeLessThan(1e-6);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(loss).toBeCloseTo(mixtureLoss(truths, weights), 12);
    for (const others of allWeights()) {
      expect(loss).toBeLessThanOrEqual(mixtureLoss(truths, others) + gap);
    }
  });

  it("leave out a network that is worse for every photo", () => {
    const [good = new Float64Array()] = makeTruths(20);
    const { weights } = fitMixtureWeights([good, good.map((p) => p / 2)]);
    expect(weights[1]).toBeLessThan(1e-5);
  });

  it("are found if no network expects the class of a photo", () => {
    const { weights, loss } = fitMixtureWeights([Float64Array.of(0, 0.5), Float64Array.of(0, 0.2)]);
    expect(weights[0]).toBeCloseTo(1, 5);
    expect(loss).toBeGreaterThan(100);
  });

  it("are judged on the photos that they were not fitted on", () => {
    const truths = makeTruths(7);
    const half = (odd: number) => truths.map((own) => own.filter((_, i) => i % 2 === odd));
    const [even, odd] = [half(0), half(1)];
    const sum =
      4 * mixtureLoss(even, fitMixtureWeights(odd).weights) +
      3 * mixtureLoss(odd, fitMixtureWeights(even).weights);
    expect(crossFitMixture(truths)).toBeCloseTo(sum / 7, 12);
    expect(crossFitMixture(truths)).toBeGreaterThan(fitMixtureWeights(truths).loss);
  });
});
