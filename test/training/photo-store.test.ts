/** Photos on their way to the network: cached, and either changed at random or as serving sees them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BatchMaker } from "../../cli/training/run/make-batches.ts";
import { PhotoStore } from "../../cli/training/run/photo-store.ts";
import type { RunPhoto } from "../../cli/training/run/run-folder.ts";
import { imageToTensor } from "../../src/imaging/image-to-tensor.ts";
import type { PreprocessSpec } from "../../src/imaging/preprocess-spec.ts";
import { augment } from "../../src/training/augment/augmentation.ts";
import { trainConfigSchema } from "../../src/training/train-config.ts";
import { makeRandom } from "../support/made-up.ts";

const NORMALISED = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const SPECS: readonly (readonly [string, PreprocessSpec])[] = [
  ["a crop", make({ fit: "crop", shorterSide: 36, interpolation: "bilinear" })],
  [
    "a crop at the top",
    make({ fit: "crop", shorterSide: 36, interpolation: "bicubic", position: 0 }),
  ],
  [
    "a crop that is not square",
    { ...make({ fit: "crop", shorterSide: 30, interpolation: "bicubic" }), height: 24 },
  ],
  ["letterbox", make({ fit: "letterbox", interpolation: "bilinear" })],
  ["stretch", { ...make({ fit: "stretch", interpolation: "bilinear" }), width: 40 }],
];

function make(resize: PreprocessSpec["resize"]): PreprocessSpec {
  return { width: 32, height: 32, color: "RGB", resize, ...NORMALISED };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "resnet-edge-store-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function makePhoto(width: number, height: number) {
  const random = makeRandom();
  const data = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(256 * random()));
  return { width, height, data };
}

const PHOTO: RunPhoto = { path: "photo.png", class: 0, part: "test", sha256: "photo" };

function makeBatches(spec: PreprocessSpec) {
  const store = new PhotoStore(folder, spec);
  const config = trainConfigSchema.parse({ photos: "x", base: "x" });
  return { store, maker: new BatchMaker(store, spec, config, [1, 1]) };
}

/** [W, H]: odd sides, and one photo that is smaller than the input. */
const SIZES = [
  [61, 48],
  [48, 61],
  [13, 10],
] as const;

describe.each(SPECS)("with %s", (_, spec) => {
  it.each(SIZES)(
    "a photo of %i x %i that is not changed is what serving sees, bit for bit",
    async (...size) => {
      const photo = makePhoto(...size);
      const batches = makeBatches(spec);
      await batches.store.write("photo", photo);
      const input = await batches.maker.forScoring([PHOTO], 1);
      expect(input).toEqual(imageToTensor(photo, spec));
    },
  );
});

describe("a photo that is changed at random", () => {
  const options = {
    augmentation: trainConfigSchema.parse({ photos: "x", base: "x" }).augmentation,
    width: 32,
    height: 32,
    mean: [0, 0, 0],
  } as const;

  it("is the same with the same seeds, another with others, and leaves the original alone", () => {
    const photo = makePhoto(61, 48);
    const before = photo.data.slice();
    const picture = augment(photo, options, 1, 2);
    expect(augment(photo, options, 1, 2)).toEqual(picture);
    expect(augment(photo, options, 1, 3).data).not.toEqual(picture.data);
    expect(photo.data).toEqual(before);
  });
});

describe("the cache", () => {
  it("keeps photos for networks with different inputs apart", async () => {
    const stores = SPECS.map(([, spec]) => new PhotoStore(join(folder, "apart"), spec));
    await (stores[0] as PhotoStore).write("photo", makePhoto(61, 48));
    expect(await (stores[0] as PhotoStore).has("photo")).toBe(true);
    expect(await (stores[3] as PhotoStore).has("photo")).toBe(false);
    expect(await (stores[4] as PhotoStore).has("photo")).toBe(false);
  });
});
