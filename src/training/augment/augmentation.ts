/** What is changed in a photo each time that it is trained on. */
import * as z from "zod";
import { roundHalfToEven } from "../../imaging/place-photo.ts";
import type { Triple } from "../../imaging/preprocess-spec.ts";
import type { Region } from "../../imaging/resize.ts";
import type { RgbImage } from "../../imaging/rgb-image.ts";
import { createRandom, type Random, shuffle } from "../random.ts";
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from "./colours.ts";
import { coarsen, compress } from "./degrade.ts";
import { erase } from "./erase.ts";
import { crop, cropAndResize, flip, rotate } from "./moves.ts";
import { MAX_MAGNITUDE, randAugment } from "./rand-augment.ts";
import { drawCrop, drawErased, drawResizedCrop } from "./regions.ts";

const share = z.number().min(0).max(1);
const range = (low: number, high: number) =>
  z.tuple([z.number().min(low).max(high), z.number().min(low).max(high)]);

/** The defaults are a usual set for fine-tuning. */
export const augmentationSchema = z.strictObject({
  crop: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("centre") }),
      z.strictObject({ kind: z.literal("random") }),
      z.strictObject({
        kind: z.literal("resized"),
        area: range(0, 1).default([0.08, 1]),
        ratio: range(0.1, 10).default([3 / 4, 4 / 3]),
      }),
    ])
    .default({ kind: "random" })
    .describe("Which part is used: the centre, any of its size, or any of another size, resized"),
  flip: share.default(0.5).describe("How often left and right are swapped"),
  brightness: share.default(0.2).describe("A factor of 1 - x to 1 + x; so are the next two"),
  contrast: share.default(0.2),
  saturation: share.default(0.2),
  hue: share.max(0.5).default(0).describe("A shift of up to this part of the colour wheel"),
  rotation: z.number().min(0).max(180).default(15).describe("In degrees, to either side"),
  randAugment: z
    .strictObject({
      operations: z.int().min(1).max(10).default(2),
      magnitude: z.int().min(0).max(MAX_MAGNITUDE).default(9),
    })
    .optional(),
  erasing: z
    .strictObject({
      probability: share.default(0.5),
      area: range(0, 1).default([0.02, 0.33]),
      ratio: range(0.1, 10).default([0.3, 3.3]),
    })
    .optional()
    .describe("Fills a part with the mean colour"),
  degradation: z
    .strictObject({
      probability: share.default(0.3),
      scale: range(0.05, 1).default([0.3, 1]),
      quality: range(1, 100).default([30, 95]),
    })
    .optional()
    .describe("Reduces and enlarges a photo, and saves it as JPEG"),
});

export type Augmentation = z.infer<typeof augmentationSchema>;

/** Nothing is changed. */
export const NO_AUGMENTATION: Augmentation = {
  crop: { kind: "centre" },
  flip: 0,
  brightness: 0,
  contrast: 0,
  saturation: 0,
  hue: 0,
  rotation: 0,
};

/** Whether nothing is left to chance: each time, the same picture comes of a photo. */
export function isFixed({
  crop: { kind },
  randAugment: strength,
  erasing,
  degradation,
  ...amounts
}: Augmentation): boolean {
  const isStill = Object.values(amounts).every((amount) => amount === 0);
  return kind === "centre" && isStill && !strength && !erasing && !degradation;
}

export type AugmentOptions = {
  readonly augmentation: Augmentation;
  /** Of the result, in pixels. */
  readonly width: number;
  readonly height: number;
  /** What erased parts are filled with, RGB, 0 to 255. */
  readonly mean: Triple;
  /** Where along the longer side the crop "centre" lies, as serving cuts it; 0.5 if undefined. */
  readonly position?: number | undefined;
};

type Cut = Pick<AugmentOptions, "width" | "height" | "position">;

/**
 * Changes a photo at random.
 *
 * @param photo - at least as large as the result; not modified
 * @param seeds - the same seeds give the same picture
 */
export function augment(
  photo: RgbImage,
  { augmentation, mean, position, ...size }: AugmentOptions,
  ...seeds: readonly number[]
): RgbImage {
  const random = createRandom(...seeds);
  const { randAugment: strength, rotation, erasing, degradation } = augmentation;
  let image = cut(photo, augmentation, { ...size, position }, random);
  if (random.next() < augmentation.flip) image = flip(image);
  image = jitter(image, augmentation, random);
  if (rotation > 0) image = rotate(image, random.between(-rotation, rotation));
  if (strength) image = randAugment(image, strength, random);
  if (degradation && random.next() < degradation.probability) {
    image = coarsen(image, random.between(...degradation.scale));
    image = compress(image, Math.round(random.between(...degradation.quality)));
  }
  if (erasing && random.next() < erasing.probability) {
    const region = drawErased(image, erasing.area, erasing.ratio, random);
    if (region) image = erase(image, region, mean);
  }
  return image;
}

function cut(
  photo: RgbImage,
  { crop: options }: Augmentation,
  size: Cut,
  random: Random,
): RgbImage {
  switch (options.kind) {
    case "centre":
      return crop(photo, centreOf(photo, size));
    case "random":
      return crop(photo, drawCrop(photo, size, random));
    case "resized":
      return cropAndResize(
        photo,
        drawResizedCrop(photo, options.area, options.ratio, random),
        size,
      );
  }
}

/** Changes the colours in random order, like TorchVision's `ColorJitter`. */
function jitter(photo: RgbImage, options: Augmentation, random: Random): RgbImage {
  const { brightness, contrast, saturation, hue } = options;
  const factor = (amount: number) => random.between(1 - amount, 1 + amount);
  const changes = [
    { amount: brightness, apply: (image: RgbImage) => adjustBrightness(image, factor(brightness)) },
    { amount: contrast, apply: (image: RgbImage) => adjustContrast(image, factor(contrast)) },
    { amount: saturation, apply: (image: RgbImage) => adjustSaturation(image, factor(saturation)) },
    { amount: hue, apply: (image: RgbImage) => adjustHue(image, random.between(-hue, hue)) },
  ].filter(({ amount }) => amount > 0);
  return shuffle(changes, random).reduce((image, { apply }) => apply(image), photo);
}

function centreOf(
  photo: { readonly width: number; readonly height: number },
  { width, height, position = 0.5 }: Cut,
): Region {
  return {
    left: roundHalfToEven((photo.width - width) * position),
    top: roundHalfToEven((photo.height - height) * position),
    width,
    height,
  };
}
