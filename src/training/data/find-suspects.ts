/** Photos that probably show something else than their class. */
import { unitLength } from "../../inference/unit-length.ts";

/** A photo with its embedding in the base network, [D], of any length. */
type Embedded = { readonly classId: string; readonly embedding: Float32Array };

export type Suspect = {
  /** Index of the photo. */
  readonly photo: number;
  /** How far it is from its class, in robust standard deviations. */
  readonly score: number;
};

/** Above it, a value is an outlier. Source: Iglewicz and Hoaglin 1993, "How to detect and handle outliers". */
export const SUSPECT_SCORE = 3.5;
/** Makes the median absolute deviation of normal data equal to its standard deviation. */
const NORMAL = 1.4826;
/** With fewer photos, a class has no spread that could be estimated. */
const MIN_PHOTOS = 8;

/**
 * Compares each photo with the mean of the others of its class, by the cosine of the angle between their embeddings.
 *
 * @returns those with a score above {@link SUSPECT_SCORE}, the farthest first
 */
export function findSuspects(photos: readonly Embedded[]): Suspect[] {
  const suspects: Suspect[] = [];
  for (const members of Map.groupBy(
    photos.keys(),
    (i) => (photos[i] as Embedded).classId,
  ).values()) {
    if (members.length < MIN_PHOTOS) continue;
    const units = members.map((i) =>
      Float64Array.from(unitLength((photos[i] as Embedded).embedding)),
    );
    const total = addUp(units);
    const closeness = units.map((unit) => cosine(unit, subtract(total, unit)));
    const middle = median(closeness);
    const spread = NORMAL * median(closeness.map((value) => Math.abs(value - middle)));
    for (const [i, value] of closeness.entries()) {
      const score = spread > 0 ? (middle - value) / spread : 0;
      if (score > SUSPECT_SCORE) suspects.push({ photo: members[i] as number, score });
    }
  }
  return suspects.sort((a, b) => b.score - a.score);
}

function addUp(vectors: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) {
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  }
  return sum;
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - (b[i] as number));
}

function cosine(a: Float64Array, b: Float64Array): number {
  const product = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  return product / (Math.hypot(...a) * Math.hypot(...b) || 1);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] as number)) / 2;
}
