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

/** CPU time of decoding in milliseconds. */
export function estimateWebpMs({ width, height, frame }: WebpHeader): number {
  const pixels = frame.width * frame.height;
  const pictureBytes = frame.data.end - frame.data.start;
  const alphaBytes = frame.alpha ? frame.alpha.end - frame.alpha.start : 0;
  // Both have many bytes or few at the same size; VP8 filters the edges of its blocks as well.
  const pictureMs = frame.lossless
    ? pixels * 40e-6 + pictureBytes * 10e-6
    : pixels * 40e-6 + pictureBytes * 40e-6;
  const alphaMs = frame.alpha ? pixels * 8e-6 + alphaBytes * 12e-6 : 0;
  return 8 + pictureMs + alphaMs + width * height * 4e-6;
}
