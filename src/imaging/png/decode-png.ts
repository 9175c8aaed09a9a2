import { BoxReducer, boxReducerBytes } from "../box-reducer.ts";
import { corruptImage } from "../image-errors.ts";
import type { RgbImage } from "../rgb-image.ts";
import { INFLATER_BYTES, Inflater } from "./inflate.ts";
import {
  CHUNK_HEAD_LENGTH,
  chunkData,
  isIntact,
  type PngChunk,
  SIGNATURE_LENGTH,
} from "./png-chunks.ts";
import type { PngHeader } from "./png-header.ts";
import { readPixelData } from "./png-pixel-data.ts";
import { inflatedBytes, readPngRows, rowBytes } from "./png-rows.ts";
import { createRowConverter } from "./png-samples.ts";

/**
 * Decodes a PNG row by row, turns it upright and reduces it by `factor` meanwhile: only a few rows and the
 * result are in memory.
 *
 * As in browsers, the image is good if all of its pixels are there. The checksums of the pixels, what
 * follows them and the end chunk do not matter.
 *
 * @throws ImageError IMAGE_CORRUPT
 */
export function decodePng(bytes: Uint8Array, header: PngHeader, factor: number): RgbImage {
  const { width, height, orientation } = header;
  const inflater = openPixels(bytes, header);
  const convert = createRowConverter(header, readColors(bytes, header));
  const reducer = new BoxReducer(width, height, factor, orientation);
  const rgb = new Uint8Array(width * 3);
  readPngRows(header, inflater, (pass, row, samples) => {
    convert(samples, pass.width, rgb);
    reducer.addRow(pass.y + row * pass.stepY, rgb, pass.width, pass.x, pass.stepX);
  });
  return reducer.finish();
}

/** Peak memory of {@link decodePng} in bytes, the file itself left out. */
export function estimatePngBytes(header: PngHeader, factor: number): number {
  // Two rows and their filter bytes, for each pass of an interlaced image; and the RGB of a row.
  const rows = (header.interlaced ? 6 : 2) * (rowBytes(header, header.width) + 1);
  const fixed = INFLATER_BYTES + OTHER_BYTES;
  return boxReducerBytes(header.width, header.height, factor) + rows + header.width * 3 + fixed;
}

/**
 * CPU time of {@link decodePng} in milliseconds if each row has the slowest filter, Paeth. Measured; none of the
 * filters takes less than a third of that.
 */
export function estimatePngMs(header: PngHeader, fileBytes: number, factor: number): number {
  const inflated = inflatedBytes(header);
  // Bytes that the pixels do not need are passed over.
  const compressed = Math.min(fileBytes, inflated * 1.1 + 1024);
  const ns =
    inflated * NS_PER_INFLATED_BYTE +
    compressed * NS_PER_COMPRESSED_BYTE +
    fileBytes * NS_PER_FILE_BYTE +
    header.width * header.height * (NS_PER_PIXEL + NS_PER_BOX / factor);
  return MIN_MS + ns / 1e6;
}

const NS_PER_INFLATED_BYTE = 3.2;
const NS_PER_COMPRESSED_BYTE = 14;
const NS_PER_FILE_BYTE = 1.5;
const NS_PER_PIXEL = 6.5;
const NS_PER_BOX = 3;
const MIN_MS = 2;

/** Tables of colours, and small objects. */
const OTHER_BYTES = 16 * 1024;

/**
 * Checks the chunks before the pixels, and starts to inflate these.
 *
 * @throws ImageError IMAGE_CORRUPT
 */
export function openPixels(bytes: Uint8Array, header: PngHeader): Inflater {
  if (header.pixelsAt === undefined) throw corruptImage("PNG", "it has no pixels");
  requireIntact(bytes, "IHDR", { at: SIGNATURE_LENGTH + CHUNK_HEAD_LENGTH, length: 13 });
  if (header.palette) requireIntact(bytes, "PLTE", header.palette);
  return new Inflater(readPixelData(bytes, header.pixelsAt), inflatedBytes(header));
}

/** As in browsers, tRNS is ignored if its checksum is wrong. */
export function readColors(bytes: Uint8Array, { palette, transparency }: PngHeader) {
  return {
    palette: palette && chunkData(bytes, palette),
    transparency:
      transparency && isIntact(bytes, transparency) ? chunkData(bytes, transparency) : undefined,
  };
}

function requireIntact(bytes: Uint8Array, type: string, chunk: PngChunk): void {
  if (!isIntact(bytes, chunk)) throw corruptImage("PNG", `the checksum of ${type} is wrong`);
}
