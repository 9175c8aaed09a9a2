import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { framePhoto } from "../../src/imaging/framing.ts";
import { filledRegion, seenRegion } from "../../src/imaging/place-photo.ts";
import { neededShorterSide } from "../../src/imaging/prepare-image.ts";
import type { PreprocessSpec } from "../../src/imaging/preprocess-spec.ts";

const SQUARE: PreprocessSpec = {
  width: 224,
  height: 224,
  resize: { fit: "crop", shorterSide: 256, interpolation: "bilinear" },
  color: "RGB",
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
};
const WIDE: PreprocessSpec = { ...SQUARE, width: 320 };
const STRETCHED: PreprocessSpec = {
  ...SQUARE,
  resize: { fit: "stretch", interpolation: "bicubic" },
};

const tilesOf = (width: number, height: number, spec = SQUARE) =>
  framePhoto({ width, height }, spec, "TILES").map((frame) => seenRegion({ width, height }, frame));

const anySize = fc.record({
  width: fc.integer({ min: 8, max: 9000 }),
  height: fc.integer({ min: 8, max: 9000 }),
});
const anySpec = fc.constantFrom(SQUARE, WIDE, STRETCHED);

describe("tiles", () => {
  it.each([
    ["a square", 300, 300, 1],
    ["a nearly square photo", 330, 300, 1],
    ["a photo of 4:3", 4000, 3000, 2],
    ["a photo of 3:2", 600, 400, 2],
    ["a photo of 16:9", 1920, 1080, 3],
    ["a tall photo of 9:16", 1080, 1920, 3],
    ["a strip of 4:1", 1600, 400, 5],
    ["a panorama of 20:1", 8000, 400, 5],
  ])("of %s of %i x %i px are %i", (_what, width, height, count) => {
    expect(tilesOf(width, height)).toHaveLength(count);
  });

  it("cover a photo of up to 5:1 without a gap, whatever the input", () => {
    fc.assert(
      fc.property(anySize, anySpec, (size, spec) => {
        const ratio = (size.width * spec.height) / (size.height * spec.width);
        fc.pre(Math.max(ratio, 1 / ratio) <= 5);
        const regions = tilesOf(size.width, size.height, spec);
        const [along, side] = ratio > 1 ? (["x", "width"] as const) : (["y", "height"] as const);
        // One tile leaves out at most a ninth; a tile begins at a whole pixel of the resized photo.
        const slack = regions.length === 1 ? 1 / 16 : 1 / 224;
        let covered = slack;
        for (const region of regions) {
          if (region[along] > covered + slack) return false;
          covered = region[along] + region[side];
        }
        return covered >= 1 - slack - 1e-9;
      }),
    );
  });

  it("reach both ends of a longer photo, evenly spaced, and their regions show the gaps", () => {
    const regions = tilesOf(8000, 400);
    expect(regions.map(({ x }) => x)).toEqual([0, 0.2375, 0.475, 0.7125, 0.95]);
    for (const { y, width, height } of regions) {
      expect([y, height]).toEqual([0, 1]);
      expect(width).toBeCloseTo(0.05, 9);
    }
  });

  it("are inside the photo and as large as possible", () => {
    fc.assert(
      fc.property(anySize, anySpec, ({ width, height }, spec) => {
        for (const { x, y, width: w, height: h } of tilesOf(width, height, spec)) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(Math.max(x + w, y + h)).toBeLessThanOrEqual(1 + 1e-9);
          expect(Math.max(w, h)).toBeCloseTo(1, 9);
        }
      }),
    );
  });

  it("are all cut from a photo that is decoded once, with enough pixels for each", () => {
    fc.assert(
      fc.property(anySize, anySpec, ({ width, height }, spec) => {
        const frames = framePhoto({ width, height }, spec, "TILES");
        const sides = frames.map((frame) =>
          neededShorterSide({ width, height, orientation: 1 }, frame),
        );
        expect(new Set(sides).size).toBe(1);
        expect(Math.max(...sides)).toBeGreaterThanOrEqual(Math.min(spec.width, spec.height));
      }),
    );
  });
});

describe("the other framings", () => {
  it("CROP is the preprocessing of the manifest, unchanged", () => {
    expect(framePhoto({ width: 8000, height: 400 }, SQUARE, "CROP")).toEqual([SQUARE]);
  });

  it("WHOLE sees the whole photo, also if the manifest says to crop or to stretch", () => {
    const photo = { width: 8000, height: 400 };
    for (const spec of [SQUARE, WIDE, STRETCHED]) {
      const [frame, ...others] = framePhoto(photo, spec, "WHOLE");
      expect(others).toEqual([]);
      expect(seenRegion(photo, frame)).toEqual({ x: 0, y: 0, width: 1, height: 1 });
      const filled = filledRegion(photo, frame);
      expect(filled.width).toBe(1);
      expect(filled.height * spec.height).toBe(Math.round(spec.width / 20));
    }
  });
});
