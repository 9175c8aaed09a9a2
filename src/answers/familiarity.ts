/**
 * Whether an image looks like the photos that a model was evaluated on. A softmax shares out the same 100 %
 * whatever the network sees, so confidences alone cannot say "this is nothing that I know".
 */

/** What a network gives for an image. */
export type Outputs = {
  /** [N] */
  readonly logits: Float32Array;
  /** [D], the mean of the features; undefined if the network has no such output. */
  readonly embedding: Float32Array | undefined;
};

/**
 * Numbers that are higher for photos than for noise, patterns and text. None depends on the scale of the outputs.
 *
 * - `standout`: how many standard deviations the highest logit is above the mean of all logits
 * - `peakedness`: the logarithm of the kurtosis of the logits. A photo gives a few high ones, noise a bell curve.
 * - `evenness`: how evenly the features of the embedding react: 0 if all are equal, lower the fewer react. A
 *   pattern excites few. This is Hoyer's measure of sparsity with square roots instead of squares (Hoyer 2004,
 *   "Non-negative matrix factorization with sparseness constraints").
 */
export const MEASURES = ["standout", "peakedness", "evenness"] as const;
export type Measure = (typeof MEASURES)[number];

/** The values of a measure over the photos of an evaluation. */
export type Spread = {
  readonly mean: number;
  /** The standard deviation. */
  readonly deviation: number;
};

/** What a model's manifest says about its photos. */
export type Familiarity = {
  /** The measures that count for this model. */
  readonly measures: { readonly [M in Measure]?: Spread | undefined };
  /** The score that all but the oddest photos reach ({@link scoreFamiliarity}). */
  readonly atLeast: number;
};

/** Keeps the logarithms finite. */
const TINY = 1e-12;

/** The measures of an image. */
export type Measured = {
  readonly standout: number;
  readonly peakedness: number;
  /** Undefined without an embedding. */
  readonly evenness: number | undefined;
};

export function measure({ logits, embedding }: Outputs): Measured {
  // Methods with callbacks take several times as long as loops.
  let sum = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const logit of logits) {
    sum += logit;
    if (logit > highest) highest = logit;
  }
  const mean = sum / logits.length;
  let squares = 0;
  let fourths = 0;
  for (const logit of logits) {
    const square = (logit - mean) * (logit - mean);
    squares += square;
    fourths += square * square;
  }
  const variance = Math.max(squares / logits.length, TINY);
  return {
    standout: (highest - mean) / Math.sqrt(variance),
    peakedness: logRatio(fourths / logits.length, variance ** 2),
    evenness: embedding && evennessOf(embedding),
  };
}

function evennessOf(embedding: Float32Array): number {
  let sum = 0;
  let roots = 0;
  for (const feature of embedding) {
    // Some networks have features below zero.
    const size = Math.abs(feature);
    sum += size;
    roots += Math.sqrt(size);
  }
  return logRatio((roots / embedding.length) ** 2, sum / embedding.length);
}

/**
 * Adds up how many standard deviations the measures are above the means of the photos.
 *
 * @returns undefined if a measure is missing
 */
export function scoreFamiliarity(
  measured: Measured,
  measures: Familiarity["measures"],
): number | undefined {
  let score = 0;
  for (const name of MEASURES) {
    const spread = measures[name];
    if (!spread) continue;
    const value = measured[name];
    if (value === undefined) return undefined;
    score += (value - spread.mean) / spread.deviation;
  }
  return score;
}

/** @returns undefined if the model cannot tell, because its manifest does not say what its photos are like */
export function isFamiliar(
  measured: Measured,
  familiarity: Familiarity | undefined,
): boolean | undefined {
  if (!familiarity) return undefined;
  const score = scoreFamiliarity(measured, familiarity.measures);
  return score === undefined ? undefined : score >= familiarity.atLeast;
}

/** An ensemble knows what one of its models knows. Models that cannot tell do not count. */
export function isFamiliarToAny(verdicts: readonly (boolean | undefined)[]): boolean | undefined {
  const known = verdicts.filter((verdict) => verdict !== undefined);
  return known.length === 0 ? undefined : known.includes(true);
}

function logRatio(value: number, base: number): number {
  return Math.log(Math.max(value, TINY) / Math.max(base, TINY));
}
