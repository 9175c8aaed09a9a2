import type { RgbImage } from "../../imaging/rgb-image.ts";
import type { Random } from "../random.ts";
import {
  adjustBrightness,
  adjustContrast,
  adjustSaturation,
  adjustSharpness,
  autoContrast,
  equalize,
  posterize,
  solarize,
} from "./colours.ts";
import { rotate, shear, translate } from "./moves.ts";

export type RandAugmentOptions = {
  /** How many operations follow each other. */
  readonly operations: number;
  /** Their strength, 0 to 30. */
  readonly magnitude: number;
};

export const MAX_MAGNITUDE = 30;

type Operation = {
  /** Whether the strength is negative half of the time. */
  readonly signed: boolean;
  /** @param share - of the largest strength, -1 to 1 */
  readonly apply: (image: RgbImage, share: number) => RgbImage;
};

/** The farthest that an image is moved: 150 of 331 pixels. */
const MAX_MOVE = 150 / 331;

/** The operations of TorchVision's `RandAugment`, with the same largest strengths. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  identity: { signed: false, apply: (image) => image },
  shearX: { signed: true, apply: (image, share) => shear(image, 0.3 * share, 0) },
  shearY: { signed: true, apply: (image, share) => shear(image, 0, 0.3 * share) },
  translateX: {
    signed: true,
    apply: (image, share) => translate(image, Math.trunc(MAX_MOVE * image.width * share), 0),
  },
  translateY: {
    signed: true,
    apply: (image, share) => translate(image, 0, Math.trunc(MAX_MOVE * image.height * share)),
  },
  rotate: { signed: true, apply: (image, share) => rotate(image, 30 * share) },
  brightness: { signed: true, apply: (image, share) => adjustBrightness(image, 1 + 0.9 * share) },
  saturation: { signed: true, apply: (image, share) => adjustSaturation(image, 1 + 0.9 * share) },
  contrast: { signed: true, apply: (image, share) => adjustContrast(image, 1 + 0.9 * share) },
  sharpness: { signed: true, apply: (image, share) => adjustSharpness(image, 1 + 0.9 * share) },
  posterize: {
    signed: false,
    apply: (image, share) => posterize(image, 8 - Math.round(4 * share)),
  },
  solarize: { signed: false, apply: (image, share) => solarize(image, 255 - 255 * share) },
  autoContrast: { signed: false, apply: (image) => autoContrast(image) },
  equalize: { signed: false, apply: (image) => equalize(image) },
};

/**
 * Applies operations drawn at random.
 *
 * Source: Cubuk et al. 2020, "RandAugment: Practical automated data augmentation with a reduced search space".
 */
export function randAugment(
  image: RgbImage,
  { operations, magnitude }: RandAugmentOptions,
  random: Random,
): RgbImage {
  const table = Object.values(OPERATIONS);
  let changed = image;
  for (let i = 0; i < operations; i++) {
    const { signed, apply } = table[random.below(table.length)] as Operation;
    const sign = signed && random.next() < 0.5 ? -1 : 1;
    changed = apply(changed, (sign * magnitude) / MAX_MAGNITUDE);
  }
  return changed;
}
