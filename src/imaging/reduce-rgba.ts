import { BoxReducer } from "./box-reducer.ts";
import type { CommonHeader } from "./common-header.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Pixels with alpha, and their position on a canvas. */
export type PlacedRgba = {
  /** Interleaved, alpha not premultiplied, length width * height * 4. */
  readonly rgba: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
};

/**
 * Composites over a white canvas, reduces by `factor` and turns upright, row by row, without an intermediate
 * copy.
 *
 * @param canvas - its size as stored, and its orientation
 */
export function reduceRgba(
  { rgba, width, height, left, top }: PlacedRgba,
  canvas: Pick<CommonHeader, "width" | "height" | "orientation">,
  factor: number,
): RgbImage {
  const reducer = new BoxReducer(canvas.width, canvas.height, factor, canvas.orientation);
  const rgb = new Uint8Array(canvas.width * 3).fill(255);
  for (let y = 0; y < canvas.height; y++) {
    const inside = y >= top && y < top + height;
    if (inside) compositeRow(rgba, (y - top) * width * 4, rgb, left * 3, width);
    else rgb.fill(255);
    reducer.addRow(y, rgb, canvas.width);
  }
  return reducer.finish();
}

function compositeRow(
  rgba: Uint8Array | Uint8ClampedArray,
  start: number,
  rgb: Uint8Array,
  target: number,
  width: number,
): void {
  const end = start + width * 4;
  for (let from = start, to = target; from < end; from += 4, to += 3) {
    const alpha = rgba[from + 3] as number;
    const white = (255 - alpha) * 255 + 127;
    rgb[to] = ((rgba[from] as number) * alpha + white) / 255;
    rgb[to + 1] = ((rgba[from + 1] as number) * alpha + white) / 255;
    rgb[to + 2] = ((rgba[from + 2] as number) * alpha + white) / 255;
  }
}
