/** Chooses the range of an activation that its 256 levels cover. */
import type { HistogramBins } from "./histogram.ts";

export const RANGE_METHODS = ["minmax", "percentile", "entropy", "mse"] as const;

export type RangeMethod = (typeof RANGE_METHODS)[number];

/** Values outside a range are clipped. 0 is always inside, because padding and ReLU make it common. */
export type Range = { readonly low: number; readonly high: number };

const LEVELS = 256;
/** In percent of all values. The remaining 0.01 % of a feature map of 100,000 values are ten values. */
const PERCENTILE = 99.99;
/** The factors by which a range is shrunk to find a better one. */
const SMALLEST_FACTOR = 0.3;
const FACTOR_STEP = 0.02;
const FACTORS = Array.from(
  { length: Math.round((1 - SMALLEST_FACTOR) / FACTOR_STEP) + 1 },
  (_, i) => 1 - i * FACTOR_STEP,
);

/**
 * Chooses a range.
 *
 * - `minmax`: all values.
 * - `percentile`: all values except the outermost 0.01 %.
 * - `mse`: the lowest mean squared error of rounding and clipping together.
 * - `entropy`: the lowest Kullback-Leibler divergence between the original and the quantised distribution.
 *   Source: Migacz 2017, "8-bit inference with TensorRT".
 */
export function chooseRange(bins: HistogramBins, method: RangeMethod): Range {
  const whole = { low: Math.min(0, bins.min), high: Math.max(0, bins.max) };
  if (whole.low === whole.high) return { low: 0, high: 1 };
  const range = searchRange(bins, whole, method);
  // If almost all values are 0, those that are not can all be in the tails.
  return range.low < range.high ? range : whole;
}

function searchRange(bins: HistogramBins, whole: Range, method: RangeMethod): Range {
  switch (method) {
    case "minmax":
      return whole;
    case "percentile":
      return clipTails(bins, whole);
    case "mse":
      return shrink(whole, (range) => squaredError(bins, range));
    case "entropy":
      return shrink(whole, (range) => divergence(bins, range));
  }
}

function clipTails({ counts, first, binWidth, zeros }: HistogramBins, whole: Range): Range {
  const total = counts.reduce((sum, count) => sum + count, zeros);
  // If there are two tails, they share the clipped percentage.
  const sides = whole.low < 0 && whole.high > 0 ? 2 : 1;
  const tail = (total * (1 - PERCENTILE / 100)) / sides;
  let start = 0;
  for (let sum = counts[0] as number; sum <= tail; sum += counts[++start] as number);
  let end = counts.length - 1;
  for (let sum = counts[end] as number; sum <= tail; sum += counts[--end] as number);
  return {
    low: Math.min(0, Math.max(whole.low, (first + start) * binWidth)),
    high: Math.max(0, Math.min(whole.high, (first + end + 1) * binWidth)),
  };
}

/** Shrinks both ends together, then each end by itself, to where the loss is lowest. */
function shrink(whole: Range, loss: (range: Range) => number): Range {
  const best = (candidates: readonly Range[]) => {
    // The first candidate stays if no loss is a number.
    let [found, lowest] = [candidates[0] as Range, Number.POSITIVE_INFINITY];
    for (const candidate of candidates) {
      const value = loss(candidate);
      if (value < lowest) [found, lowest] = [candidate, value];
    }
    return found;
  };
  const both = best(FACTORS.map((s) => ({ low: whole.low * s, high: whole.high * s })));
  if (whole.low === 0 || whole.high === 0) return both;
  const { low } = best(FACTORS.map((s) => ({ ...both, low: whole.low * s })));
  return best(FACTORS.map((s) => ({ low, high: whole.high * s })));
}

/** Sums over the bins: count times the squared error that quantisation causes at the middle of the bin. */
function squaredError({ counts, first, binWidth }: HistogramBins, { low, high }: Range): number {
  const step = (high - low) / (LEVELS - 1);
  const zero = Math.round(-low / step);
  let sum = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (count === 0) continue;
    const value = (first + i + 0.5) * binWidth;
    const level = Math.min(LEVELS - 1, Math.max(0, Math.round(value / step) + zero));
    const error = value - (level - zero) * step;
    sum += count * error * error;
  }
  return sum;
}

/**
 * Computes D(P‖Q). P is the original distribution without zeros, for which every range has a level. Values
 * outside the range count in the outermost bins. Q is the quantised distribution: the count of each level is
 * spread evenly over those of its bins that have values.
 */
function divergence({ counts, first, binWidth }: HistogramBins, { low, high }: Range): number {
  const from = Math.max(0, Math.round(low / binWidth) - first);
  const to = Math.min(counts.length, Math.max(from + LEVELS, Math.round(high / binWidth) - first));
  if (to - from <= LEVELS) return low === 0 && high === 0 ? Number.POSITIVE_INFINITY : 0;
  const inside = counts.subarray(from, to);
  const seen = Float64Array.from(inside);
  for (let i = 0; i < from; i++) seen[0] = (seen[0] as number) + (counts[i] as number);
  const last = seen.length - 1;
  for (let i = to; i < counts.length; i++)
    seen[last] = (seen[last] as number) + (counts[i] as number);

  const perLevel = inside.length / LEVELS;
  const kept = new Float64Array(inside.length);
  for (let level = 0; level < LEVELS; level++) {
    const start = Math.floor(level * perLevel);
    const end = Math.floor((level + 1) * perLevel);
    let sum = 0;
    let used = 0;
    for (let i = start; i < end; i++) {
      sum += inside[i] as number;
      if ((seen[i] as number) > 0) used++;
    }
    if (used === 0) continue;
    for (let i = start; i < end; i++) if ((seen[i] as number) > 0) kept[i] = sum / used;
  }
  const seenTotal = seen.reduce((sum, count) => sum + count, 0);
  const keptTotal = kept.reduce((sum, count) => sum + count, 0);
  // There are no values, or all are outside the range, so that Q is empty.
  if (seenTotal === 0 || keptTotal === 0) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < seen.length; i++) {
    const p = (seen[i] as number) / seenTotal;
    if (p === 0) continue;
    // A bin whose values are all from outside the range has a count of 0 in Q.
    const q = Math.max((kept[i] as number) / keptTotal, 1e-12);
    sum += p * Math.log(p / q);
  }
  return sum;
}
