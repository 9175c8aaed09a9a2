import { encode } from "jpeg-js";
import type { RgbImage } from "../rgb-image.ts";

/**
 * Encodes an image as baseline JPEG, without chroma subsampling.
 *
 * @param quality - 1 to 100
 */
export function encodeJpeg({ width, height, data }: RgbImage, quality: number): Uint8Array {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from] as number;
    rgba[to + 1] = data[from + 1] as number;
    rgba[to + 2] = data[from + 2] as number;
  }
  return encode({ width, height, data: rgba }, quality).data;
}
