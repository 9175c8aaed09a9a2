/** A picture as an AVIF file, and what is needed to change one. */
import { av1Data, encodeAvif } from "../../../imaging/support/av1-pictures.ts";
import { buildAvif, ispe, nclx } from "../../../imaging/support/avif-builder.ts";
import { makePicture, type Rgba } from "../../../imaging/support/sample-files.ts";

export const WIDTH = 192;
export const HEIGHT = 128;
export const picture = makePicture(WIDTH, HEIGHT);
export const data = av1Data(await encodeAvif(picture));
export const SRGB = nclx(1, 13, 6);
/** Of lossy encoding, and of conversions with other coefficients. */
export const LOSSY = 3;

/** A file with one item; the properties come before its size. */
export function still(
  av1: Uint8Array,
  properties: readonly Uint8Array[] = [SRGB],
  [width, height] = [WIDTH, HEIGHT],
): Uint8Array {
  return buildAvif({
    items: [
      { id: 1, data: av1, properties: [...properties, ispe(width as number, height as number)] },
    ],
  });
}

/** The thumbnail of a part of a picture. */
export function thumb(of: Rgba, width = of.width, height = of.height): number[] {
  const side = 8;
  return Array.from({ length: side * side * 3 }, (_, i) => {
    const column = Math.floor(i / 3) % side;
    const row = Math.floor(i / 3 / side);
    let sum = 0;
    let count = 0;
    for (let y = Math.floor((row * height) / side); y < ((row + 1) * height) / side; y++) {
      for (let x = Math.floor((column * width) / side); x < ((column + 1) * width) / side; x++) {
        sum += of.data[(y * of.width + x) * 4 + (i % 3)] as number;
        count++;
      }
    }
    return sum / count;
  });
}

/** One colour everywhere. */
export function flat(level: number, width = 64, height = 64): Rgba {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(level);
  for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255;
  return { width, height, data: rgba };
}
