import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { createNodeImageDecoder } from "../../../cli/platform/node-image-decoder.ts";
import { DEFAULT_IMAGE_LIMITS } from "../../../src/imaging/limits.ts";
import { decodeImage } from "../../../src/imaging/prepare-image.ts";
import { adjustBrightness } from "../../../src/training/augment/colours.ts";
import { coarsen, compress } from "../../../src/training/augment/degrade.ts";
import { crop } from "../../../src/training/augment/moves.ts";
import { MAX_DIFFERENT_BITS } from "../../../src/training/data/group-duplicates.ts";
import { hammingDistance, perceptualHash } from "../../../src/training/data/perceptual-hash.ts";

const NAMES = ["cat", "espresso", "rocket"] as const;
const decoder = createNodeImageDecoder();

async function open(name: string) {
  const bytes = new Uint8Array(await readFile(`examples/${name}.jpg`));
  const options = { limits: DEFAULT_IMAGE_LIMITS, minShorterSide: 256 };
  return (await decodeImage(bytes, decoder, options)).image;
}

describe("perceptual hashes", () => {
  it.each(NAMES)("know %s again in another size, quality and brightness", async (name) => {
    const image = await open(name);
    const hash = perceptualHash(image);
    const changed = [coarsen(image, 0.4), compress(image, 30), adjustBrightness(image, 0.9)];
    for (const other of changed) {
      expect(hammingDistance(hash, perceptualHash(other))).toBeLessThanOrEqual(MAX_DIFFERENT_BITS);
    }
  });

  it("tell different photos, and different parts of one, apart", async () => {
    const images = await Promise.all(NAMES.map(open));
    const [cat] = images as [(typeof images)[0]];
    const left = { left: 0, top: 0, width: Math.floor(cat.width / 2), height: cat.height };
    const hashes = [...images, crop(cat, left)].map(perceptualHash);
    for (const [i, a] of hashes.entries()) {
      for (const b of hashes.slice(i + 1)) {
        expect(hammingDistance(a, b)).toBeGreaterThan(2 * MAX_DIFFERENT_BITS);
      }
    }
  });

  it("count different bits", () => {
    expect(hammingDistance([0, 0], [-1, 1])).toBe(33);
    expect(hammingDistance([5, 7], [5, 7])).toBe(0);
  });
});
