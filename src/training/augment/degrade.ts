/** Makes photos worse, like those from cheap cameras and messaging apps. */
import { decode } from "jpeg-js";
import { encodeJpeg } from "../../imaging/jpeg/encode-jpeg.ts";
import { resize } from "../../imaging/resize.ts";
import type { RgbImage } from "../../imaging/rgb-image.ts";

/**
 * Reduces an image and enlarges it again.
 *
 * @param scale - of the reduced image, above 0 and up to 1
 */
export function coarsen(image: RgbImage, scale: number): RgbImage {
  const { width, height } = image;
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const small = resizeTo(image, side(width), side(height));
  return resizeTo(small, width, height);
}

/**
 * Encodes an image as JPEG, and decodes it again.
 *
 * @param quality - 1 to 100
 */
export function compress(image: RgbImage, quality: number): RgbImage {
  const { width, height, data } = decode(encodeJpeg(image, quality), {
    useTArray: true,
    formatAsRGBA: false,
  });
  return { width, height, data };
}

function resizeTo(image: RgbImage, width: number, height: number): RgbImage {
  const region = { left: 0, top: 0, width, height };
  return resize(image, { width, height, region, interpolation: "bilinear" });
}
