/** What the settings of a run do to the batches that a network is trained on. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BatchMaker } from "../../cli/training/run/make-batches.ts";
import { PhotoStore } from "../../cli/training/run/photo-store.ts";
import { NO_AUGMENTATION } from "../../src/training/augment/augmentation.ts";
import { trainConfigSchema } from "../../src/training/train-config.ts";

const SIDE = 4;
const SPEC = {
  width: SIDE,
  height: SIDE,
  color: "RGB",
  resize: { fit: "stretch", interpolation: "bilinear" },
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;
const LENGTH = 3 * SIDE * SIDE;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-batches-"));
  const store = new PhotoStore(folder, SPEC);
  for (const [name, level] of [
    ["black", 0],
    ["white", 255],
  ] as const) {
    const data = new Uint8Array(LENGTH).fill(level);
    await store.write(name, { width: SIDE, height: SIDE, data });
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A batch of a black photo of the first class and a white one of the second. */
function makeBatch(change: object, classWeights = [1, 1]) {
  const given = { photos: "x", base: "x", augmentation: NO_AUGMENTATION, batch: 4, ...change };
  const config = trainConfigSchema.parse(given);
  const maker = new BatchMaker(new PhotoStore(folder, SPEC), SPEC, config, classWeights);
  const photos = ["black", "white"].map((sha256, i) => ({
    photo: { path: sha256, class: i, part: "train" as const, sha256 },
    place: i,
  }));
  return maker.forTraining(photos, 0, 0);
}

describe("a batch", () => {
  it("is filled up with images that do not count", async () => {
    const { targets, weights } = await makeBatch({});
    expect([...weights]).toEqual([1, 1, 0, 0]);
    expect([...targets]).toEqual([1, 0, 0, 1, 0, 0, 0, 0]);
  });

  it("counts photos by the weights of their classes", async () => {
    const { weights } = await makeBatch({}, [0.5, 2]);
    expect([...weights]).toEqual([0.5, 2, 0, 0]);
  });

  it("mixes photos and their classes by the same share", async () => {
    let mixed = 0;
    for (let seed = 0; seed < 8; seed++) {
      const { images, targets } = await makeBatch({ mixup: 1, seed });
      for (const i of [0, 1]) {
        const [black, white] = targets.slice(2 * i, 2 * i + 2) as unknown as [number, number];
        expect(black + white).toBeCloseTo(1, 6);
        if (Math.min(black, white) > 0.01) mixed++;
        // A pixel's level is the share of the white photo.
        expect(images[i * LENGTH]).toBeCloseTo(white, 6);
      }
    }
    expect(mixed).toBeGreaterThan(0);
  });
});
