/** What decoding a WebP takes. */
import { boxReducerBytes } from "../box-reducer.ts";
import { stillFileBytes } from "./decode-webp.ts";
import type { WebpHeader } from "./webp-header.ts";

/** Memory of an instance that has decoded nothing yet. */
const BASE_BYTES = 2 * 1024 * 1024;

/** Peak memory in bytes, the file outside WebAssembly left out. */
export function estimateWebpBytes({ width, height, frame }: WebpHeader, factor: number): number {
  const pixels = frame.width * frame.height;
  // RGBA for the caller, and a second time inside libwebp if the frame is lossless.
  const rgbaBytes = pixels * 4 * (frame.lossless ? 2 : 1);
  // The plane of alpha values, which are decoded to values of 32 bits at worst.
  const alphaBytes = frame.alpha ? pixels * 5 : 0;
  return (
    BASE_BYTES +
    stillFileBytes(frame) +
    rgbaBytes +
    alphaBytes +
    boxReducerBytes(width, height, factor)
  );
}
