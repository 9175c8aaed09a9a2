import { BoxReducer, boxReducerBytes } from "../box-reducer.ts";
import type { RgbImage } from "../rgb-image.ts";
import type { GifFrame, GifHeader } from "./gif-header.ts";
import { decodeGifLzw } from "./gif-lzw.ts";

/** First row and row distance of each pass of an interlaced frame (GIF89a, appendix E). */
const INTERLACE_PASSES: readonly (readonly [first: number, step: number])[] = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
];

/** Memory for code tables and the codes of one row. */
const LZW_BYTES = 64 * 1024;

/**
 * Decodes the first frame of a GIF onto a white canvas, row by row, and reduces it by `factor` meanwhile.
 *
 * @throws ImageError IMAGE_CORRUPT
 */
export function decodeGif(bytes: Uint8Array, header: GifHeader, factor: number): RgbImage {
  const { width, height, firstFrame: frame } = header;
  const reducer = new BoxReducer(width, height, factor);
  const rgb = new Uint8Array(width * 3).fill(255);
  // Rows above and below the frame come first, so that `rgb` stays white to the left and right of it.
  for (let y = 0; y < height; y++) {
    if (y < frame.top || y >= frame.top + frame.height) reducer.addRow(y, rgb, width);
  }
  const rowOf = rowOrder(frame);
  decodeGifLzw(bytes, frame.dataOffset, frame.width, frame.height, (row, indices) => {
    paintRow(frame, indices, rgb);
    reducer.addRow(frame.top + rowOf(row), rgb, width);
  });
  return reducer.finish();
}

/** Peak memory of {@link decodeGif} in bytes, the file itself left out. */
export function estimateGifBytes({ width, height }: GifHeader, factor: number): number {
  return boxReducerBytes(width, height, factor) + width * 4 + LZW_BYTES;
}

function paintRow(frame: GifFrame, indices: Uint8Array, rgb: Uint8Array): void {
  const { palette, transparentIndex, left } = frame;
  let to = left * 3;
  for (const index of indices) {
    const from = index * 3;
    const clear = index === transparentIndex;
    // As in browsers, an index beyond the palette is black.
    rgb[to] = clear ? 255 : (palette[from] ?? 0);
    rgb[to + 1] = clear ? 255 : (palette[from + 1] ?? 0);
    rgb[to + 2] = clear ? 255 : (palette[from + 2] ?? 0);
    to += 3;
  }
}

/** Maps the position of a row in the file to its position in the frame. */
function rowOrder({ height, interlaced }: GifFrame): (row: number) => number {
  if (!interlaced) return (row) => row;
  const order = INTERLACE_PASSES.flatMap(([first, step]) =>
    Array.from(
      { length: Math.max(0, Math.ceil((height - first) / step)) },
      (_, i) => first + i * step,
    ),
  );
  return (row) => order[row] as number;
}
