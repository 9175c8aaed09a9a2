import type { PreprocessSpec } from "./preprocess-spec.ts";
import { type Region, resizeBilinear } from "./resize-bilinear.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * Makes a model's input like torchvision's `Resize`, `CenterCrop`, `ToTensor` and `Normalize`.
 *
 * @param image - any size; not modified
 * @returns [1, 3, crop, crop], channels in RGB order, (value / 255 - mean) / std
 */
export function imageToTensor(image: RgbImage, spec: PreprocessSpec): Float32Array {
  return normalize(resizeAndCrop(image, spec.resize.shorterSide, spec.crop).data, spec);
}

/**
 * Makes the part of an image that a network sees: resized, then cut to the square in the middle.
 *
 * @param shorterSide - of the resized image, in pixels
 * @param crop - side of the square, in pixels; at most `shorterSide`
 */
export function resizeAndCrop(image: RgbImage, shorterSide: number, crop: number): RgbImage {
  const { width, height } = resizedSize(image, shorterSide);
  return resizeBilinear(image, width, height, centerCrop(width, height, crop));
}

/** The size whose shorter side is `shorterSide`; the longer one is truncated to an integer. */
function resizedSize({ width, height }: RgbImage, shorterSide: number) {
  return width <= height
    ? { width: shorterSide, height: Math.trunc((shorterSide * height) / width) }
    : { width: Math.trunc((shorterSide * width) / height), height: shorterSide };
}

function centerCrop(width: number, height: number, side: number): Region {
  return {
    left: roundHalfToEven((width - side) / 2),
    top: roundHalfToEven((height - side) / 2),
    width: side,
    height: side,
  };
}

/** Python's `round`, which torchvision uses for crop offsets. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

function normalize(rgb: Uint8Array, { mean, std }: PreprocessSpec): Float32Array {
  const plane = rgb.length / 3;
  const tensor = new Float32Array(rgb.length);
  for (const channel of [0, 1, 2] as const) {
    const levels = Float32Array.from(
      { length: 256 },
      (_, value) => (value / 255 - mean[channel]) / std[channel],
    );
    const start = channel * plane;
    for (let i = 0; i < plane; i++) {
      tensor[start + i] = levels[rgb[i * 3 + channel] as number] as number;
    }
  }
  return tensor;
}
