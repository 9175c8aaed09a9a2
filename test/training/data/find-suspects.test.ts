import { describe, expect, it } from "vitest";
import { findSuspects } from "../../../src/training/data/find-suspects.ts";
import { createRandom } from "../../../src/training/random.ts";

const DIMENSIONS = 32;

/** Embeddings around a direction. */
function makeClass(classId: string, axis: number, count: number) {
  const random = createRandom(axis, count);
  return Array.from({ length: count }, () => ({
    classId,
    embedding: Float32Array.from(
      { length: DIMENSIONS },
      (_, i) => (i === axis ? 4 : 0) + random.between(-1, 1),
    ),
  }));
}

describe("unlikely photos", () => {
  it("are those of another class among the others", () => {
    const photos = [...makeClass("ants", 0, 30), ...makeClass("bees", 1, 30)];
    const wrong = {
      classId: "ants",
      embedding: makeClass("bees", 1, 1)[0]?.embedding as Float32Array,
    };
    const suspects = findSuspects([...photos, wrong]);
    expect(suspects[0]?.photo).toBe(60);
    expect(suspects[0]?.score).toBeGreaterThan(6);
  });

  it("do not depend on the length of the embeddings", () => {
    const photos = makeClass("ants", 0, 30);
    const longer = photos.map(({ classId, embedding }, i) => ({
      classId,
      embedding: embedding.map((value) => value * (1 + i)),
    }));
    const scores = (list: typeof photos) => findSuspects(list).map(({ photo }) => photo);
    expect(scores(longer)).toEqual(scores(photos));
  });

  it("cannot be told in a class of few photos", () => {
    const photos = makeClass("ants", 0, 6);
    const wrong = {
      classId: "ants",
      embedding: makeClass("bees", 1, 1)[0]?.embedding as Float32Array,
    };
    expect(findSuspects([...photos, wrong])).toEqual([]);
  });
});
