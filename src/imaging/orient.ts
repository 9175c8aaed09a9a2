import type { Orientation } from "./common-header.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Whether an orientation swaps width and height. */
export function swapsSides(orientation: Orientation): boolean {
  return orientation >= 5;
}

/**
 * Turns stored pixels upright (EXIF 2.32, tag 0x0112, says in which row and column the visual top
 * and left are stored).
 *
 * @returns `image` itself if it is upright already
 */
export function orient(image: RgbImage, orientation: Orientation): RgbImage {
  if (orientation === 1) return image;
  const { width, height, data } = image;
  const swap = swapsSides(orientation);
  const outWidth = swap ? height : width;
  const outHeight = swap ? width : height;
  // Stored pixel (x, y) = origin + column * step + row * step, for each upright column and row.
  const { start, perColumn, perRow } = strides(orientation, width, height);
  const out = new Uint8Array(data.length);
  let to = 0;
  for (let row = 0; row < outHeight; row++) {
    let from = (start + row * perRow) * 3;
    for (let column = 0; column < outWidth; column++) {
      out[to++] = data[from] as number;
      out[to++] = data[from + 1] as number;
      out[to++] = data[from + 2] as number;
      from += perColumn * 3;
    }
  }
  return { width: outWidth, height: outHeight, data: out };
}

function strides(orientation: Orientation, width: number, height: number) {
  const right = width - 1;
  const bottom = (height - 1) * width;
  switch (orientation) {
    case 1:
      return { start: 0, perColumn: 1, perRow: width };
    case 2:
      return { start: right, perColumn: -1, perRow: width };
    case 3:
      return { start: bottom + right, perColumn: -1, perRow: -width };
    case 4:
      return { start: bottom, perColumn: 1, perRow: -width };
    case 5:
      return { start: 0, perColumn: width, perRow: 1 };
    case 6:
      return { start: bottom, perColumn: -width, perRow: 1 };
    case 7:
      return { start: bottom + right, perColumn: -width, perRow: -1 };
    case 8:
      return { start: right, perColumn: width, perRow: -1 };
  }
}
