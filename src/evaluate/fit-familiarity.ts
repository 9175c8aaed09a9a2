/** Finds what the photos of an evaluation have in common. */
import {
  type Familiarity,
  MEASURES,
  type Measure,
  type Measured,
  type Spread,
  scoreFamiliarity,
} from "../answers/familiarity.ts";

/** The share of the photos that count as odd. */
const ODD = 0.015;
/** The odd ones among fewer photos would be a single photo or none. */
const MIN_PHOTOS = 100;
/** With fewer classes, the kurtosis says how many of them look alike rather than what the network sees. */
const MANY_CLASSES = 500;
/** A measure that is the same for all photos says nothing, such as `standout` with two classes. */
const MIN_DEVIATION = 1e-3;
const DIGITS = 4;

/**
 * Fits familiarity to photos. Only photos are needed, no examples of anything else.
 *
 * @returns undefined if there are fewer than 100 photos, or the network gives no embedding
 */
export function fitFamiliarity(
  photos: readonly Measured[],
  classCount: number,
): Familiarity | undefined {
  if (photos.length < MIN_PHOTOS) return undefined;
  const measures: { [M in Measure]?: Spread } = {};
  for (const name of MEASURES) {
    if (name === "peakedness" && classCount < MANY_CLASSES) continue;
    const values = photos.map((measured) => measured[name]).filter((value) => value !== undefined);
    // The logits alone tell little, so without an embedding there is nothing to fit.
    if (values.length < photos.length) return undefined;
    const spread = spreadOf(values);
    if (spread.deviation >= MIN_DEVIATION) measures[name] = spread;
  }
  if (Object.keys(measures).length === 0) return undefined;
  const scores = photos.map((measured) => scoreFamiliarity(measured, measures) as number);
  const atLeast = scores.sort((a, b) => a - b)[Math.floor(ODD * scores.length)] as number;
  // Rounded down: the photo with this score is familiar.
  return { measures, atLeast: Math.floor(atLeast * 10 ** DIGITS) / 10 ** DIGITS };
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean: round(mean), deviation: round(Math.sqrt(variance)) };
}

function round(value: number): number {
  return Number(value.toFixed(DIGITS));
}
