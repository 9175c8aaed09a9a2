/** Changes of position, like TorchVision's functions on Pillow's 8-bit images, with its default interpolation. */
import type { Region } from "../../imaging/resize.ts";
import { resize } from "../../imaging/resize.ts";
import type { RgbImage } from "../../imaging/rgb-image.ts";

/** Cuts a region out. It must lie within the image. */
export function crop({ width, data }: RgbImage, region: Region): RgbImage {
  const row = region.width * 3;
  const cut = new Uint8Array(row * region.height);
  for (let y = 0; y < region.height; y++) {
    const from = ((region.top + y) * width + region.left) * 3;
    cut.set(data.subarray(from, from + row), y * row);
  }
  return { width: region.width, height: region.height, data: cut };
}

/** Mirrors left and right. */
export function flip({ width, height, data }: RgbImage): RgbImage {
  const flipped = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    const row = y * width * 3;
    for (let x = 0; x < width; x++)
      copyPixel(data, row + x * 3, flipped, row + (width - 1 - x) * 3);
  }
  return { width, height, data: flipped };
}

/** Cuts a region out and resizes it, with antialiasing. */
export function cropAndResize(
  image: RgbImage,
  region: Region,
  size: { readonly width: number; readonly height: number },
): RgbImage {
  return resize(crop(image, region), {
    ...size,
    region: { left: 0, top: 0, ...size },
    interpolation: "bilinear",
  });
}

/**
 * Rotates about the centre by the nearest pixel; what comes from outside is black.
 *
 * @param degrees - counterclockwise
 */
export function rotate(image: RgbImage, degrees: number): RgbImage {
  const angle = (-degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [x, y] = [image.width / 2, image.height / 2];
  return transform(image, [cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y]);
}

/**
 * Shears about the upper left corner, like TorchVision's RandAugment.
 *
 * @param x - how many pixels further left each row is than the one above it
 * @param y - how many pixels further up each column is than the one to its left
 */
export function shear(image: RgbImage, x: number, y: number): RgbImage {
  return transform(image, [1, x, 0, y, 1, 0]);
}

/** Moves by whole pixels. */
export function translate(image: RgbImage, right: number, down: number): RgbImage {
  return transform(image, [1, 0, -right, 0, 1, -down]);
}

/** Of an output position to one of the input: x' = a x + b y + c, y' = d x + e y + f. */
type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Pillow computes positions in steps of 1/65536. */
const FRACTION_BITS = 16;

/** Takes the nearest pixel, like Pillow's `Image.transform` with AFFINE. */
function transform({ width, height, data }: RgbImage, [a, b, c, d, e, f]: Affine): RgbImage {
  const [stepX, rowX, stepY, rowY] = [a, b, d, e].map(toFixed) as [number, number, number, number];
  const startX = toFixed(c + a * 0.5 + b * 0.5);
  const startY = toFixed(f + d * 0.5 + e * 0.5);
  const moved = new Uint8Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromX = (startX + y * rowX + x * stepX) >> FRACTION_BITS;
      const fromY = (startY + y * rowY + x * stepY) >> FRACTION_BITS;
      if (fromX < 0 || fromX >= width || fromY < 0 || fromY >= height) continue;
      copyPixel(data, (fromY * width + fromX) * 3, moved, (y * width + x) * 3);
    }
  }
  return { width, height, data: moved };
}

/** Copies a pixel. Much faster than `set` with a subarray. */
function copyPixel(data: Uint8Array, from: number, target: Uint8Array, to: number): void {
  target[to] = data[from] as number;
  target[to + 1] = data[from + 1] as number;
  target[to + 2] = data[from + 2] as number;
}

function toFixed(value: number): number {
  return Math.floor(value * 2 ** FRACTION_BITS + 0.5);
}
