import { describe, expect, it } from "vitest";
import { expectedCalibrationError } from "../../src/evaluate/calibration.ts";
import { evaluatePredictions } from "../../src/evaluate/evaluate-predictions.ts";
import { evaluateSets } from "../../src/evaluate/evaluate-sets.ts";
import {
  fitSharedTemperature,
  type LabelledLogits,
  MAX_ECE_RISE,
} from "../../src/evaluate/shared-temperature.ts";

const IDS = ["a", "b", "c", "d"];
/** Confidences of the photos. */
const CONFIDENCES = [0.45, 0.6, 0.75, 0.9];

/**
 * Makes photos, of which just as many are right as their confidences at `temperature` say: above 1, the set
 * is overconfident, and below 1, underconfident.
 *
 * @param heldOut - the temperature of the first half, photos 0, 2, 4 and so on; the same if absent
 */
function makeSet(count: number, temperature: number, heldOut = temperature): LabelledLogits {
  const photos = Array.from({ length: count }, (_, i) => {
    const half = i >> 1;
    const confidence = CONFIDENCES[half % CONFIDENCES.length] as number;
    const margin = Math.log((confidence * (IDS.length - 1)) / (1 - confidence));
    const divisor = i % 2 === 0 ? heldOut : temperature;
    const share = 1 / (1 + (IDS.length - 1) * Math.exp(-margin / divisor));
    // Of the photos of a half with the same confidence, this share is right.
    const n = Math.floor(half / CONFIDENCES.length);
    const isRight = Math.floor((n + 1) * share) > Math.floor(n * share);
    return { logits: Float32Array.of(margin, 0, 0, 0), truth: isRight ? 0 : 1 + (n % 3) };
  });
  return {
    logits: photos.map(({ logits }) => logits),
    truths: photos.map(({ truth }) => truth),
  };
}

const named = (dataset: string, { logits, truths }: LabelledLogits) => ({
  dataset,
  logits,
  truths: truths.map((i) => IDS[i] as string),
  floatLogits: undefined,
});

function halfOf({ logits, truths }: LabelledLogits, parity: number): LabelledLogits {
  const isInHalf = (_: unknown, i: number) => i % 2 === parity;
  return { logits: logits.filter(isInHalf), truths: truths.filter(isInHalf) };
}

const rises = ({ heldOut }: ReturnType<typeof fitSharedTemperature>) =>
  heldOut.map(
    ({ before, after }) => expectedCalibrationError(after) - expectedCalibrationError(before),
  );

describe("fitSharedTemperature", () => {
  it("finds the temperature that all sets were made with", () => {
    const fit = fitSharedTemperature([makeSet(2000, 2), makeSet(1000, 2)]);
    // The share of right photos is that of the temperature to within 1 of 125 photos.
    expect(fit.temperature).toBeGreaterThan(1.9);
    expect(fit.temperature).toBeLessThan(2.1);
    expect(fit.temperature).toBe(fit.fitted);
    expect(Math.max(...rises(fit))).toBeLessThan(0);
  });

  it("fits on the second half of every set, and scores the first", () => {
    const sets = [makeSet(2000, 2, 1.6), makeSet(1000, 2, 1.7)];
    const { fitted, heldOut } = fitSharedTemperature(sets);
    expect(fitted).toBeGreaterThan(1.9);
    expect(fitted).toBeLessThan(2.1);
    expect(heldOut.map(({ before, after }) => [before.length, after.length])).toEqual([
      [1000, 1000],
      [500, 500],
    ]);
    expect(heldOut.map(({ before }) => before.map(({ right }) => right))).toEqual(
      sets.map((set) => halfOf(set, 0).truths.map((truth) => truth === 0)),
    );
  });

  it("moves the temperature toward 1 until no set loses more than 0.02 of calibration", () => {
    // Most photos are underconfident, so the best temperature is below 1; it makes the others overconfident.
    const sets = [makeSet(2000, 0.5), makeSet(400, 1.1)];
    const fit = fitSharedTemperature(sets);
    expect(fit.fitted).toBeLessThan(0.8);
    expect(fit.temperature).toBeGreaterThan(fit.fitted);
    expect(fit.temperature).toBeLessThan(1);
    expect(Math.max(...rises(fit))).toBeLessThanOrEqual(MAX_ECE_RISE);
    // It is moved no further than needed: one step of 0.01 back breaks the rule.
    const exponent = Math.log(fit.temperature) / Math.log(fit.fitted);
    const back = fit.fitted ** (exponent + 0.01);
    expect(rise(halfOf(sets[1] as LabelledLogits, 0), back)).toBeGreaterThan(MAX_ECE_RISE);
  });

  it("moves a temperature above 1 down", () => {
    const fit = fitSharedTemperature([makeSet(2000, 3), makeSet(400, 0.9)]);
    expect(fit.fitted).toBeGreaterThan(1.5);
    expect(fit.temperature).toBeGreaterThan(1);
    expect(fit.temperature).toBeLessThan(fit.fitted);
    expect(Math.max(...rises(fit))).toBeLessThanOrEqual(MAX_ECE_RISE);
  });

  it("weighs each set by its images", () => {
    const [over, under] = [makeSet(1500, 2), makeSet(300, 0.5)];
    expect(fitSharedTemperature([over, under]).fitted).toBeGreaterThan(1);
    expect(fitSharedTemperature([makeSet(300, 2), makeSet(1500, 0.5)]).fitted).toBeLessThan(1);
  });

  it("returns 1 if there are too few images for a fit", () => {
    const fit = fitSharedTemperature([makeSet(1, 2), makeSet(1, 2)]);
    expect(fit).toMatchObject({ temperature: 1, fitted: 1 });
    expect(fit.heldOut.map(({ before }) => before.length)).toEqual([1, 1]);
  });

  it("returns 1 if scaling makes the truths of the held-out halves less probable", () => {
    const certain: LabelledLogits = {
      logits: Array.from({ length: 40 }, () => Float32Array.of(2, 0, 0, 0)),
      // The second half, on which it is fitted, is always right; the first half is often wrong.
      truths: Array.from({ length: 40 }, (_, i) => (i % 2 === 1 || i % 8 === 0 ? 0 : 1)),
    };
    expect(fitSharedTemperature([certain, certain])).toMatchObject({ temperature: 1, fitted: 1 });
  });
});

function rise({ logits, truths }: LabelledLogits, temperature: number): number {
  const ids = IDS;
  const ece = (divisor: number) =>
    evaluatePredictions(
      {
        ids,
        logits: logits.map((vector) => vector.map((x) => x / divisor)),
        floatLogits: undefined,
        truths: truths.map((i) => ids[i] as string),
      },
      0.95,
    ).ece;
  return ece(temperature) - ece(1);
}

describe("evaluateSets", () => {
  it("reports each set and all sets together", () => {
    const sets = [makeSet(300, 2), makeSet(100, 1)];
    const evaluation = evaluateSets(
      IDS,
      [named("x", sets[0] as LabelledLogits), named("y", sets[1] as LabelledLogits)],
      0.95,
    );
    expect(evaluation.sets.map(({ dataset, images }) => [dataset, images])).toEqual([
      ["x", 300],
      ["y", 100],
    ]);
    const [x, y] = evaluation.sets;
    const right = ({ logits, truths }: LabelledLogits) =>
      logits.filter((vector, i) => vector.indexOf(Math.max(...vector)) === truths[i]).length;
    expect(x?.top1).toBe(right(sets[0] as LabelledLogits) / 300);
    expect(y?.top1).toBe(right(sets[1] as LabelledLogits) / 100);
    expect(evaluation).toMatchObject({ images: 400, agreement: undefined, float: undefined });
    expect(evaluation.top1).toBeCloseTo((300 * (x?.top1 ?? 0) + 100 * (y?.top1 ?? 0)) / 400, 12);
    // ECE before calibration is that of the half that the temperature was not fitted on.
    expect(x?.ece).toBe(rawEce(halfOf(sets[0] as LabelledLogits, 0)));
    expect(x?.eceAfter).toBeLessThan(x?.ece as number);
  });

  it("compares each set with the float model", () => {
    const set = makeSet(8, 1);
    const other = { ...named("x", set), floatLogits: set.logits };
    const reversed = set.logits.map((vector) => vector.toReversed());
    const evaluation = evaluateSets(
      IDS,
      [other, { ...named("y", set), floatLogits: reversed }],
      0.95,
    );
    expect(evaluation.sets.map(({ agreement }) => agreement)).toEqual([1, 0]);
    expect(evaluation.agreement).toBe(0.5);
  });

  describe("chooses a threshold", () => {
    /** `rights` and `wrongs` of 100 for a margin of the first class. */
    const photos = (groups: readonly (readonly [margin: number, rights: number, of: number])[]) => {
      const logits: Float32Array[] = [];
      const truths: number[] = [];
      for (const [margin, rights, of] of groups) {
        for (let i = 0; i < of; i++) {
          logits.push(Float32Array.of(margin, 0, 0, 0));
          truths.push(i < rights ? 0 : 1);
        }
      }
      return { logits, truths };
    };

    it("that is the highest of the sets' thresholds", () => {
      const easy = photos([
        [4, 100, 100],
        [2, 100, 100],
      ]);
      const hard = photos([
        [4, 100, 100],
        [2, 50, 100],
      ]);
      const evaluation = evaluateSets(IDS, [named("easy", easy), named("hard", hard)], 0.95);
      const [first, second] = evaluation.sets.map(({ recommended }) => recommended);
      expect(second).toMatchObject({ coverage: 0.5, precision: 1 });
      expect(first).toMatchObject({ threshold: second?.threshold, coverage: 0.5, precision: 1 });
      expect(evaluation.recommended).toMatchObject({ coverage: 0.5, precision: 1 });
      const alone = evaluateSets(IDS, [named("easy", easy), named("easy too", easy)], 0.95);
      expect(alone.recommended?.coverage).toBe(1);
    });

    it("only if every set reaches the target", () => {
      const good = photos([[4, 200, 200]]);
      const bad = photos([[4, 50, 100]]);
      const evaluation = evaluateSets(IDS, [named("good", good), named("bad", bad)], 0.95);
      expect(evaluation.recommended).toBeUndefined();
      expect(evaluation.sets.map(({ recommended }) => recommended)).toEqual([undefined, undefined]);
    });

    it("for a class only if every set has one, and takes the highest", () => {
      const easy = photos([[4, 100, 100]]);
      const hard = photos([
        [4, 40, 40],
        [2, 20, 40],
      ]);
      const both = evaluateSets(IDS, [named("easy", easy), named("hard", hard)], 0.95);
      // Every photo is classified as "a", so its threshold is the recommended one.
      expect(both.classThresholds).toEqual({ a: both.recommended?.threshold });
      expect(both.recommended?.threshold).toBeGreaterThan(0.5);
      const few = photos([[4, 19, 19]]);
      expect(
        evaluateSets(IDS, [named("easy", easy), named("few", few)], 0.95).classThresholds,
      ).toEqual({});
    });
  });
});

function rawEce(set: LabelledLogits): number {
  const { truths, logits } = named("", set);
  return evaluatePredictions({ ids: IDS, logits, truths, floatLogits: undefined }, 0.95).ece;
}
