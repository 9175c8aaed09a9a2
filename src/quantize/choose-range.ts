/** Which range of an activation its 256 levels cover. */
import type { HistogramBins } from "./histogram.ts";

/** The ways to choose. */
export const RANGE_METHODS = ["minmax", "percentile", "entropy", "mse"] as const;

/** A way to choose. */
export type RangeMethod = (typeof RANGE_METHODS)[number];

/** What lies outside is clipped; 0 is always inside, because padding and ReLU make it common. */
export type Range = { readonly low: number; readonly high: number };

const LEVELS = 256;
/** Of all values, in percent; 0.01 % of a feature map of 100,000 are ten values. */
const PERCENTILE = 99.99;
/** How far a range is shrunk in search of a better one, and in what steps. */
const SMALLEST_SHARE = 0.3;
const SHARE_STEP = 0.02;
const SHARES = Array.from(
  { length: Math.round((1 - SMALLEST_SHARE) / SHARE_STEP) + 1 },
  (_, i) => 1 - i * SHARE_STEP,
);

/**
 * Chooses a range.
 *
 * - `minmax`: all that was seen.
 * - `percentile`: all but the outermost 0.01 %.
 * - `mse`: the least mean squared error, of rounding and clipping together.
 * - `entropy`: the least Kullback-Leibler divergence of what the levels can tell from what was seen.
 *   Source: Migacz 2017, "8-bit inference with TensorRT".
 */
export function chooseRange(bins: HistogramBins, method: RangeMethod): Range {
  const whole = { low: Math.min(0, bins.min), high: Math.max(0, bins.max) };
  if (whole.low === whole.high) return { low: 0, high: 1 };
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
  // Both tails where there are two, together as much as one.
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

/** Shrinks each end in turn to where the loss is least. */
function shrink(whole: Range, loss: (range: Range) => number): Range {
  const best = (candidates: readonly Range[]) => {
    const losses = candidates.map(loss);
    return candidates[losses.indexOf(Math.min(...losses))] as Range;
  };
  const both = best(SHARES.map((s) => ({ low: whole.low * s, high: whole.high * s })));
  if (whole.low === 0 || whole.high === 0) return both;
  const { low } = best(SHARES.map((s) => ({ ...both, low: whole.low * s })));
  return best(SHARES.map((s) => ({ low, high: whole.high * s })));
}

/** Sum over the bins of count times the squared distance of their middle from what is left of it. */
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
 * D(P‖Q): P is what was seen, zeros left out (there is a level for them, whatever the range), with what is outside counted in the outermost bins; Q is what the levels
 * keep of it, each spread evenly over its bins that have values.
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
  let sum = 0;
  for (let i = 0; i < seen.length; i++) {
    const p = (seen[i] as number) / seenTotal;
    if (p === 0) continue;
    // A bin that has values only from outside: the levels keep nothing of it.
    const q = Math.max((kept[i] as number) / keptTotal, 1e-12);
    sum += p * Math.log(p / q);
  }
  return sum;
}
