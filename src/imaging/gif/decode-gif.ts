import { BoxReducer, boxReducerBytes } from "../box-reducer.ts";
import { corruptImage } from "../image-errors.ts";
import type { RgbImage } from "../rgb-image.ts";
import type { GifFrame, GifHeader } from "./gif-header.ts";
import { decodeGifLzw } from "./gif-lzw.ts";

/** Memory for code tables and the codes of one row. */
const LZW_BYTES = 64 * 1024;

/**
 * Decodes the first frame of a GIF onto a white canvas, row by row, and reduces it by `factor` meanwhile.
 *
 * @throws ImageError IMAGE_CORRUPT
 */
export function decodeGif(bytes: Uint8Array, header: GifHeader, factor: number): RgbImage {
  const { width, height, firstFrame: frame } = header;
  if (frame.width === 0 || frame.height === 0) {
    throw corruptImage("GIF", "its first frame has no pixels");
  }
  const reducer = new BoxReducer(width, height, factor);
  const rgb = new Uint8Array(width * 3).fill(255);
  // Rows above and below the frame come first, so that `rgb` stays white to the left and right of it.
  for (let y = 0; y < height; y++) {
    if (y < frame.top || y >= frame.top + frame.height) reducer.addRow(y, rgb, width);
  }
  const failure = decodeGifLzw(
    bytes,
    frame.dataOffset,
    frame.width,
    frame.height,
    (row, indices) => {
      paintRow(frame, indices, rgb);
      reducer.addRow(frame.top + rowOf(frame, row), rgb, width);
    },
  );
  if (failure) {
    // As in browsers, a single pixel without data is clear: it is a placeholder on web pages.
    if (frame.width * frame.height !== 1) throw corruptImage("GIF", failure);
    reducer.addRow(frame.top, rgb, width);
  }
  return reducer.finish();
}

/** Peak memory of {@link decodeGif} in bytes, the file itself left out. */
export function estimateGifBytes({ width, height }: GifHeader, factor: number): number {
  return boxReducerBytes(width, height, factor) + width * 4 + LZW_BYTES;
}

/** CPU time of {@link decodeGif} in milliseconds. Measured. */
export function estimateGifMs(header: GifHeader, fileBytes: number, factor: number): number {
  const { width, height, firstFrame } = header;
  const pixels = firstFrame.width * firstFrame.height;
  // A code takes 3 bits or more; most files use 9 to 12. There are at most two for each pixel (gif-lzw.ts).
  const codes = Math.min(firstFrame.dataBytes * 1.5, pixels * 2);
  const ns =
    pixels * NS_PER_PIXEL +
    codes * NS_PER_CODE +
    width * height * (NS_PER_CANVAS_PIXEL + NS_PER_BOX / factor) +
    fileBytes * NS_PER_FILE_BYTE;
  return MIN_MS + ns / 1e6;
}

const NS_PER_PIXEL = 7;
const NS_PER_CODE = 9;
const NS_PER_CANVAS_PIXEL = 1.5;
const NS_PER_BOX = 5;
const NS_PER_FILE_BYTE = 1.5;
const MIN_MS = 2;

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

/** The position in the frame of a row in the file (GIF89a, appendix E). */
function rowOf({ height, interlaced }: GifFrame, row: number): number {
  if (!interlaced) return row;
  // Every 8th row from 0, every 8th from 4, every 4th from 2, every 2nd from 1.
  const [first, second, third] = [(height + 7) >> 3, (height + 3) >> 3, (height + 1) >> 2];
  if (row < first) return row * 8;
  if (row < first + second) return (row - first) * 8 + 4;
  if (row < first + second + third) return (row - first - second) * 4 + 2;
  return (row - first - second - third) * 2 + 1;
}
