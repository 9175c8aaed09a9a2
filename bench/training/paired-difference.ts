/** The difference between two ways of training, on the same test photos. */

/** For each seed, how right the answer to each photo was: usually 0 or 1. */
export type Rights = readonly (readonly number[])[];

export type Difference = {
  /** Of the shares of right answers, from -1 to 1. */
  readonly mean: number;
  /** Of 95 %. */
  readonly interval: readonly [number, number];
  readonly verdict: Verdict;
};

export type Verdict = "helps" | "no significant difference" | "hurts";

/** A normal distribution has 97.5 % below it, in standard deviations. */
const Z = 1.959963984540054;

/**
 * Compares by seed and by photo. The interval allows for both: other seeds would give other networks, and other test
 * photos other shares. The variances of the two means are added, and the degrees of freedom are those of Welch and
 * Satterthwaite (1946, "An approximate distribution of estimates of variance components").
 *
 * @param own - with as many seeds as `other`; or one row, for one answer that all seeds give together
 */
export function comparePaired(own: Rights, other: Rights): Difference {
  const seeds = Math.max(own.length, other.length);
  const differences = Array.from({ length: seeds }, (_, seed) => {
    const [a, b] = [rowOf(own, seed), rowOf(other, seed)];
    return a.map((right, photo) => right - (b[photo] as number));
  });
  const bySeed = differences.map(mean);
  const byPhoto = (differences[0] ?? []).map((_, photo) =>
    mean(differences.map((row) => row[photo] as number)),
  );
  const parts = [bySeed, byPhoto]
    .filter(({ length }) => length > 1)
    .map((values) => ({
      square: deviation(values) ** 2 / values.length,
      freedom: values.length - 1,
    }));
  const variance = parts.reduce((sum, { square }) => sum + square, 0);
  const freedom =
    variance ** 2 / parts.reduce((sum, part) => sum + part.square ** 2 / part.freedom, 0);
  const spread = variance === 0 ? 0 : quantile(freedom) * Math.sqrt(variance);
  const centre = mean(bySeed);
  const interval = [centre - spread, centre + spread] as const;
  return { mean: centre, interval, verdict: judge(interval) };
}

function judge([low, high]: readonly [number, number]): Verdict {
  if (low > 0) return "helps";
  return high < 0 ? "hurts" : "no significant difference";
}

/** A row that stands for all seeds is the same for each. */
function rowOf(rights: Rights, seed: number): readonly number[] {
  return rights[rights.length === 1 ? 0 : seed] as readonly number[];
}

/**
 * The value that Student's t exceeds with a probability of 2.5 %. To within 1 % from 2 degrees of freedom up.
 *
 * Source: Abramowitz and Stegun 1964, "Handbook of mathematical functions", 26.7.5.
 */
export function quantile(freedom: number): number {
  const z = Z;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92_160,
  ];
  return terms.reduce((sum, term, i) => sum + term / freedom ** (i + 1), z);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of a sample; 0 if there is only one value. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
