import { BoxReducer, boxReducerBytes } from "../box-reducer.ts";
import { corruptImage } from "../image-errors.ts";
import type { RgbImage } from "../rgb-image.ts";
import { type PngChunk, readPngChunks } from "./png-chunks.ts";
import type { PngHeader } from "./png-header.ts";
import { readPngRows, rowBytes } from "./png-rows.ts";
import { createRowConverter } from "./png-samples.ts";

/**
 * Decodes a PNG row by row and reduces it by `factor` meanwhile: only a few rows and the result are in
 * memory.
 *
 * @throws ImageError IMAGE_CORRUPT
 */
export async function decodePng(
  bytes: Uint8Array,
  header: PngHeader,
  factor: number,
): Promise<RgbImage> {
  // All chunks are checked first, so that a truncated file does not cost a whole decoding.
  const chunks = [...readPngChunks(bytes, { complete: true })];
  const pixels = chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data);
  if (pixels.length === 0) throw corruptImage("PNG", "it has no pixels");
  const convert = createRowConverter(header, {
    palette: findChunk(chunks, "PLTE"),
    transparency: findChunk(chunks, "tRNS"),
  });
  const reducer = new BoxReducer(header.width, header.height, factor);
  const rgb = new Uint8Array(header.width * 3);
  for await (const { pass, row, samples } of readPngRows(header, pixels)) {
    convert(samples, pass.width, rgb);
    reducer.addRow(pass.y + row * pass.stepY, rgb, pass.width, pass.x, pass.stepX);
  }
  return reducer.finish();
}

/** Peak memory of {@link decodePng} in bytes, the file itself left out. */
export function estimatePngBytes(header: PngHeader, factor: number): number {
  const rows = 2 * rowBytes(header, header.width) + header.width * 3;
  return boxReducerBytes(header.width, header.height, factor) + rows + INFLATE_BYTES;
}

/** zlib's window, and chunks between the platform's streams. */
const INFLATE_BYTES = 1024 * 1024;

function findChunk(chunks: readonly PngChunk[], wanted: string): Uint8Array | undefined {
  return chunks.find(({ type }) => type === wanted)?.data;
}
