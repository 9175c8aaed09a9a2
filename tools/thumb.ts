/** Thumbnails that tell whether two decoders agree. */
import type { RgbImage } from "../src/imaging/rgb-image.ts";

const THUMB_SIDE = 8;

/** Averages an image to 8x8 RGB with Pillow's box filter: 192 values from 0 to 255. */
export function makeThumb({ width, height, data }: RgbImage): number[] {
  const columns = boxes(width);
  return boxes(height).flatMap((rows) =>
    columns.flatMap(([left, right]) =>
      [0, 1, 2].map((channel) => {
        let sum = 0;
        for (let y = rows[0]; y < rows[1]; y++) {
          for (let x = left; x < right; x++) sum += data[(y * width + x) * 3 + channel] as number;
        }
        return sum / ((rows[1] - rows[0]) * (right - left));
      }),
    ),
  );
}

function boxes(size: number): [start: number, end: number][] {
  const scale = size / THUMB_SIDE;
  const support = Math.max(scale, 1) / 2;
  return Array.from({ length: THUMB_SIDE }, (_, i) => {
    const center = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    return [start, Math.max(Math.min(Math.trunc(center + support + 0.5), size), start + 1)];
  });
}

/** Returns the mean absolute difference of two thumbnails. */
export function thumbDifference(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - (b[i] ?? 0)), 0) / a.length;
}
