import type { Size } from "./choose-reduction.ts";
import type { CommonHeader, Orientation } from "./common-header.ts";
import type { RgbImage } from "./rgb-image.ts";

/** Whether an orientation swaps width and height. */
export function swapsSides(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** The size of an image after it is turned upright. */
export function uprightSize({
  width,
  height,
  orientation,
}: Pick<CommonHeader, "width" | "height" | "orientation">): Size {
  return swapsSides(orientation) ? { width: height, height: width } : { width, height };
}

/**
 * Where pixels go: the stored pixel (x, y) becomes the pixel `start + x * perColumn + y * perRow`, counted
 * row by row, of an upright image of `width` x `height`.
 */
export type Turn = {
  readonly width: number;
  readonly height: number;
  readonly start: number;
  readonly perColumn: number;
  readonly perRow: number;
};

/**
 * How an image of `width` x `height` is turned upright (EXIF 2.32, tag 0x0112, says in which row and column
 * the visual top and left are stored).
 */
export function turnOf(orientation: Orientation, width: number, height: number): Turn {
  const last = width * height - 1;
  const upright = { width, height };
  const swapped = { width: height, height: width };
  switch (orientation) {
    case 1:
      return { ...upright, start: 0, perColumn: 1, perRow: width };
    case 2:
      return { ...upright, start: width - 1, perColumn: -1, perRow: width };
    case 3:
      return { ...upright, start: last, perColumn: -1, perRow: -width };
    case 4:
      return { ...upright, start: last - width + 1, perColumn: 1, perRow: -width };
    case 5:
      return { ...swapped, start: 0, perColumn: height, perRow: 1 };
    case 6:
      return { ...swapped, start: height - 1, perColumn: height, perRow: -1 };
    case 7:
      return { ...swapped, start: last, perColumn: -height, perRow: -1 };
    case 8:
      return { ...swapped, start: last - height + 1, perColumn: -height, perRow: 1 };
  }
}

/**
 * Turns stored pixels upright.
 *
 * @returns `image` itself if it is upright already
 */
export function orient(image: RgbImage, orientation: Orientation): RgbImage {
  return orientation === 1 ? image : copyUpright(image, orientation);
}

/** {@link orient} into new memory, also if the image is upright already. */
export function copyUpright(image: RgbImage, orientation: Orientation): RgbImage {
  const { data } = image;
  if (orientation === 1) return { ...image, data: data.slice() };
  const { width, height, start, perColumn, perRow } = turnOf(
    orientation,
    image.width,
    image.height,
  );
  const out = new Uint8Array(data.length);
  for (let y = 0, from = 0; y < image.height; y++) {
    let to = (start + y * perRow) * 3;
    for (let x = 0; x < image.width; x++, from += 3, to += perColumn * 3) {
      out[to] = data[from] as number;
      out[to + 1] = data[from + 1] as number;
      out[to + 2] = data[from + 2] as number;
    }
  }
  return { width, height, data: out };
}
