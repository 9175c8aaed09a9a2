/** What decoding an AVIF costs; fitted to measurements in workerd (docs/imaging.md). */
import { boxReducerBytes } from "../box-reducer.ts";
import type { AvifHeader } from "./avif-header.ts";

/** Memory of an instance that has decoded nothing yet. */
const BASE_BYTES = 16 * 1024 * 1024;
/** How many times the AV1 decoder holds the planes. */
const PLANE_COPIES = 6;
/** RGBA inside WebAssembly, and its copy outside. */
const RGBA_BYTES_PER_PIXEL = 8;

/** Peak memory of decoding in bytes, the file itself left out. */
export function estimateAvifBytes({ work, width, height }: AvifHeader, factor: number): number {
  const sampleBytes = work.depth > 8 ? 2 : 1;
  const perPixel = RGBA_BYTES_PER_PIXEL + PLANE_COPIES * work.samplesPerPixel * sampleBytes;
  const pixelBytes = work.width * work.height * perPixel;
  return BASE_BYTES + 2 * work.bytes + pixelBytes + boxReducerBytes(width, height, factor);
}

/** CPU time of decoding in milliseconds. */
export function estimateAvifMs({ work }: AvifHeader): number {
  return work.framePixels / 10_000 + work.bytes / 50_000;
}
