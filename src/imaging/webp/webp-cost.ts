/** What decoding a WebP takes. */
import { boxReducerBytes } from "../box-reducer.ts";
import { stillFileBytes } from "./decode-webp.ts";
import type { WebpHeader } from "./webp-header.ts";

/** An instance that has decoded nothing yet takes 0.3 MB; the rest is room between what libwebp allocates. */
const BASE_BYTES = 1024 * 1024;
/** Rows between the stages of the lossy decoder, per pixel of width. */
const ROW_BYTES_PER_PIXEL = 64;

/** Peak memory in bytes, the file outside WebAssembly left out. */
export function estimateWebpBytes(
  { width, height, frame, vp8lBytes }: WebpHeader,
  factor: number,
): number {
  const pixels = frame.width * frame.height;
  const rowBytes = frame.lossless ? 0 : frame.width * ROW_BYTES_PER_PIXEL;
  // libwebp holds the plane of alpha values twice.
  const alphaBytes = frame.alpha ? pixels * 2 : 0;
  const libwebpBytes = stillFileBytes(frame) + pixels * 4 + rowBytes + alphaBytes + vp8lBytes;
  return BASE_BYTES + libwebpBytes + boxReducerBytes(width, height, factor);
}
