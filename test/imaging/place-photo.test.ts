import { describe, expect, it } from "vitest";
import { chooseBoxFactor } from "../../src/imaging/choose-reduction.ts";
import { chooseDctScale, scaledSide } from "../../src/imaging/jpeg/dct-scale.ts";
import {
  filledRegion,
  type PlacementSpec,
  placePhoto,
  placePicture,
  seenRegion,
  shorterSideFor,
} from "../../src/imaging/place-photo.ts";
import type { Resize } from "../../src/imaging/preprocess-spec.ts";

const STRETCH: Resize = { fit: "stretch", interpolation: "bilinear" };
const LETTERBOX: Resize = { fit: "letterbox", interpolation: "bilinear" };
const crop = (shorterSide: number): Resize => ({
  fit: "crop",
  shorterSide,
  interpolation: "bilinear",
});
const spec = (width: number, height: number, resize: Resize): PlacementSpec => ({
  width,
  height,
  resize,
});

const PHOTO = { width: 800, height: 400 };

describe("seenRegion()", () => {
  it.each<[string, PlacementSpec, object]>([
    [
      "the square in the middle for a centre crop",
      spec(224, 224, crop(256)),
      { x: 144 / 512, y: 16 / 256, width: 224 / 512, height: 224 / 256 },
    ],
    [
      "a rectangle for a crop that is not square",
      spec(96, 48, crop(48)),
      { x: 0, y: 0, width: 1, height: 1 },
    ],
    [
      "an upright rectangle from a photo that lies",
      spec(48, 96, crop(48)),
      { x: 72 / 192, y: 0, width: 48 / 192, height: 1 },
    ],
    [
      "everything if the photo is stretched",
      spec(224, 224, STRETCH),
      { x: 0, y: 0, width: 1, height: 1 },
    ],
    [
      "everything if it is letterboxed",
      spec(224, 224, LETTERBOX),
      { x: 0, y: 0, width: 1, height: 1 },
    ],
  ])("is %s", (_name, placement, expected) => {
    expect(seenRegion(PHOTO, placement)).toEqual(expected);
  });
});

describe("filledRegion()", () => {
  it("is the part of the input without padding", () => {
    expect(filledRegion(PHOTO, spec(224, 224, LETTERBOX))).toEqual({
      x: 0,
      y: 0.25,
      width: 1,
      height: 0.5,
    });
    expect(filledRegion({ width: 400, height: 800 }, spec(96, 48, LETTERBOX))).toEqual({
      x: 36 / 96,
      y: 0,
      width: 24 / 96,
      height: 1,
    });
    expect(filledRegion(PHOTO, spec(224, 224, crop(256)))).toMatchObject({ width: 1, height: 1 });
  });
});

describe("placePicture()", () => {
  it.each<[string, PlacementSpec, object]>([
    ["a centre crop, square", spec(224, 224, crop(256)), { width: 300, height: 300 }],
    ["a crop of 96x48", spec(96, 48, crop(48)), { width: 300, height: 150 }],
    [
      "a stretched photo, in its own aspect ratio",
      spec(224, 224, STRETCH),
      { width: 300, height: 150 },
    ],
    ["a letterboxed photo, without padding", spec(96, 96, LETTERBOX), { width: 300, height: 150 }],
  ])("shows %s", (_name, placement, expected) => {
    expect(placePicture(PHOTO, placement, 300).region).toMatchObject(expected);
  });
});

const PHOTOS = [
  [4000, 3000],
  [3000, 4000],
  [8000, 500],
  [500, 8000],
  [1024, 1024],
  [65_535, 20],
  [1999, 1001],
  [100, 100],
].map(([width = 0, height = 0]) => ({ width, height }));
const SPECS = [
  [224, 224],
  [96, 48],
  [48, 96],
].flatMap(([width = 0, height = 0]) =>
  [crop(Math.round(Math.min(width, height) / 0.875)), STRETCH, LETTERBOX].map((resize) =>
    spec(width, height, resize),
  ),
);

describe("shorterSideFor()", () => {
  it("is the shorter side of the resize for a square crop, whatever the photo", () => {
    for (const photo of PHOTOS) {
      expect(shorterSideFor(photo, placePhoto(photo, spec(224, 224, crop(256))))).toBe(256);
    }
  });

  it("lets a photo be reduced while it is decoded, but never below the size that it is resized to", () => {
    for (const photo of PHOTOS) {
      for (const placement of SPECS) {
        const { resized } = placePhoto(photo, placement);
        const side = shorterSideFor(photo, { ...placePhoto(photo, placement) });
        const factor = chooseBoxFactor(photo, side);
        const eighths = chooseDctScale(photo, side);
        const name = JSON.stringify({ photo, placement });
        for (const axis of ["width", "height"] as const) {
          const least = Math.min(resized[axis], photo[axis]);
          expect(Math.ceil(photo[axis] / factor), name).toBeGreaterThanOrEqual(least);
          expect(scaledSide(photo[axis], eighths), name).toBeGreaterThanOrEqual(least);
        }
      }
    }
  });

  it("lets a long photo that is letterboxed be reduced by more than one that is cropped", () => {
    const photo = { width: 8000, height: 500 };
    const factor = (resize: Resize) =>
      chooseBoxFactor(photo, shorterSideFor(photo, placePhoto(photo, spec(224, 224, resize))));
    expect(factor(crop(256))).toBe(1);
    expect(factor(LETTERBOX)).toBe(35);
  });
});
