import { describe, expect, it } from "vitest";
import { splitPhotos } from "../../../src/training/data/split-photos.ts";

const SHARES = { validation: 0.15, test: 0.15 };

/** `sizes` photos of each class; each is alone in its group. */
function makePhotos(sizes: Readonly<Record<string, number>>) {
  let group = 0;
  return Object.entries(sizes).flatMap(([classId, count]) =>
    Array.from({ length: count }, () => ({ classId, group: group++ })),
  );
}

const count = (parts: readonly string[], part: string) =>
  parts.filter((other) => other === part).length;

describe("dividing photos", () => {
  it("takes the same share of each class", () => {
    const photos = makePhotos({ rose: 100, tulip: 20 });
    const parts = splitPhotos(photos, { ...SHARES, seed: 1 });
    expect(count(parts.slice(0, 100), "validation")).toBe(15);
    expect(count(parts.slice(0, 100), "test")).toBe(15);
    expect(count(parts.slice(100), "validation")).toBe(3);
    expect(count(parts.slice(100), "test")).toBe(3);
  });

  it("is decided by the seed alone", () => {
    const photos = makePhotos({ rose: 40, tulip: 40 });
    const split = (seed: number) => splitPhotos(photos, { ...SHARES, seed });
    expect(split(7)).toEqual(split(7));
    expect(split(7)).not.toEqual(split(8));
  });

  it("does not change a class's division if another class is added", () => {
    const alone = splitPhotos(makePhotos({ rose: 40, tulip: 40 }), { ...SHARES, seed: 3 });
    const more = splitPhotos(makePhotos({ rose: 40, tulip: 40, violet: 40 }), {
      ...SHARES,
      seed: 3,
    });
    expect(more.slice(0, 80)).toEqual(alone);
  });

  it("keeps duplicates together", () => {
    const photos = makePhotos({ rose: 60, tulip: 60 }).map((photo) => ({
      ...photo,
      group: Math.floor(photo.group / 2),
    }));
    const parts = splitPhotos(photos, { ...SHARES, seed: 5 });
    for (let i = 0; i < photos.length; i += 2) expect(parts[i]).toBe(parts[i + 1]);
  });

  it.each([
    [1, { train: 1, validation: 0, test: 0 }],
    [2, { train: 1, validation: 1, test: 0 }],
    [3, { train: 1, validation: 1, test: 1 }],
    [5, { train: 3, validation: 1, test: 1 }],
  ])("leaves something to learn from in a class of %i", (size, expected) => {
    const parts = splitPhotos(makePhotos({ rose: size }), { ...SHARES, seed: 0 });
    const found = Object.fromEntries(
      ["train", "validation", "test"].map((part) => [part, count(parts, part)]),
    );
    expect(found).toEqual(expected);
  });
});
