import { createRandom, shuffle } from "../random.ts";

export type Part = "train" | "validation" | "test";

export type SplitOptions = {
  /** Shares of each class, 0 to 1; the rest is for training. */
  readonly validation: number;
  readonly test: number;
  readonly seed: number;
};

/**
 * Divides photos by chance, each class in the same shares. Photos of the same group stay together, so that no
 * duplicate of a photo for training is used to measure.
 *
 * @param photos - `group` is any number that duplicates share
 * @returns the part of each photo. A class with at least three groups has a photo in every part that has a share.
 */
export function splitPhotos(
  photos: readonly { readonly classId: string; readonly group: number }[],
  { validation, test, seed }: SplitOptions,
): Part[] {
  const parts = new Array<Part>(photos.length).fill("train");
  const groups = Map.groupBy(photos.keys(), (i) => (photos[i] as { group: number }).group);
  const byClass = Map.groupBy(groups.values(), ([i = 0]) => photos[i]?.classId ?? "");
  for (const [number, id] of [...byClass.keys()].sort().entries()) {
    const members = shuffle(byClass.get(id) ?? [], createRandom(seed, number));
    const [forValidation, forTest] = countParts(members.length, validation, test);
    for (const [i, group] of members.entries()) {
      const part =
        i < forValidation ? "validation" : i < forValidation + forTest ? "test" : "train";
      for (const photo of group) parts[photo] = part;
    }
  }
  return parts;
}

/** At least one of each, if there are enough to leave one for training. */
function countParts(count: number, validation: number, test: number): [number, number] {
  const forValidation = validation > 0 ? Math.max(1, Math.round(count * validation)) : 0;
  const forTest = test > 0 ? Math.max(1, Math.round(count * test)) : 0;
  if (forValidation + forTest < count) return [forValidation, forTest];
  return count < 2 || forValidation === 0 ? [0, 0] : [1, 0];
}
