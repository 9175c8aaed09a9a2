import { hammingDistance, type PerceptualHash } from "./perceptual-hash.ts";

/** What tells whether two photos are the same. */
export type Fingerprint = { readonly sha256: string; readonly hash: PerceptualHash };

/** How many bits of the hashes of the same picture differ at most, after resizing and recompression. */
export const MAX_DIFFERENT_BITS = 4;

/** Two photos that show the same picture, by index; `a` comes first. */
export type DuplicatePair = {
  readonly a: number;
  readonly b: number;
  /** Whether the files are the same, byte for byte. */
  readonly exact: boolean;
};

/** Finds all pairs of photos that are the same file, or look the same. */
export function findDuplicates(photos: readonly Fingerprint[]): DuplicatePair[] {
  const pairs: DuplicatePair[] = [];
  for (const [b, photo] of photos.entries()) {
    for (let a = 0; a < b; a++) {
      const other = photos[a] as Fingerprint;
      const exact = other.sha256 === photo.sha256;
      if (exact || hammingDistance(other.hash, photo.hash) <= MAX_DIFFERENT_BITS) {
        pairs.push({ a, b, exact });
      }
    }
  }
  return pairs;
}

/**
 * Numbers groups of photos that belong together because they are duplicates, also by way of others.
 *
 * @returns the index of the first photo of its group, for each photo
 */
export function groupDuplicates(count: number, pairs: readonly DuplicatePair[]): number[] {
  const first = Array.from({ length: count }, (_, i) => i);
  const find = (i: number): number => {
    const next = first[i] as number;
    return next === i ? i : find(next);
  };
  for (const { a, b } of pairs) {
    const [low, high] = [find(a), find(b)].sort((x, y) => x - y) as [number, number];
    first[high] = low;
  }
  return first.map((_, i) => find(i));
}
