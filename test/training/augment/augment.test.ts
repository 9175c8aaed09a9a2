import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  adjustSharpness,
} from "../../../src/training/augment/colours.ts";
import { crop, cropAndResize, flip, rotate } from "../../../src/training/augment/moves.ts";
import { OPERATIONS } from "../../../src/training/augment/rand-augment.ts";

type Case = {
  readonly name: string;
  readonly parameters: readonly (number | string)[];
  readonly width: number;
  readonly height: number;
  readonly rgb: string;
};

/** Made by make.py beside it. */
const { cases } = JSON.parse(
  readFileSync(new URL("fixtures/expected.json", import.meta.url), "utf8"),
) as { cases: readonly Case[] };

/** In grey levels: single precision rounds differently. */
const TOLERANCE = 1;

/** The image of make.py. */
const image = makeImage(37, 29);

const FUNCTIONS: Readonly<Record<string, (...parameters: never[]) => RgbImage>> = {
  crop: (left: number, top: number, width: number, height: number) =>
    crop(image, { left, top, width, height }),
  flip: () => flip(image),
  cropAndResize: (
    left: number,
    top: number,
    width: number,
    height: number,
    toWidth: number,
    toHeight: number,
  ) => cropAndResize(image, { left, top, width, height }, { width: toWidth, height: toHeight }),
  adjustBrightness: (factor: number) => adjustBrightness(image, factor),
  adjustContrast: (factor: number) => adjustContrast(image, factor),
  adjustSaturation: (factor: number) => adjustSaturation(image, factor),
  adjustSharpness: (factor: number) => adjustSharpness(image, factor),
  adjustHue: (share: number) => adjustHue(image, share),
  rotate: (degrees: number) => rotate(image, degrees),
  operation: (name: string, share: number) => OPERATIONS[name]?.apply(image, share) as RgbImage,
};

describe("augmentations of photos", () => {
  it.each(cases.map((item) => [`${item.name} ${item.parameters.join(", ")}`, item] as const))(
    "%s gives what TorchVision does",
    (_, { name, parameters, width, height, rgb }) => {
      const actual = FUNCTIONS[name]?.(...(parameters as never[])) as RgbImage;
      expect([actual.width, actual.height]).toEqual([width, height]);
      const expected = Buffer.from(rgb, "base64");
      const largest = Math.max(
        ...actual.data.map((value, i) => Math.abs(value - (expected[i] as number))),
      );
      expect(largest).toBeLessThanOrEqual(TOLERANCE);
    },
  );
});

function makeImage(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const even = (Math.floor(x / 5) + Math.floor(y / 4)) % 2 === 0;
      const pixel = [x * 7 + y * 3, even ? 40 + x * 5 : 215 - y * 6, x * y * 11 + (x ^ y) * 5];
      data.set(
        pixel.map((value) => ((value % 256) + 256) % 256),
        (y * width + x) * 3,
      );
    }
  }
  return { width, height, data };
}
