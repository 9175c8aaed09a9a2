/** libwebp in WebAssembly (the module of `@cwasm/webp`). */
import { boxReducerBytes } from "../box-reducer.ts";
import { corruptImage } from "../image-errors.ts";
import { reduceRgba } from "../reduce-rgba.ts";
import type { RgbImage } from "../rgb-image.ts";
import { extractFirstFrame, type WebpFrame } from "./webp-first-frame.ts";
import type { WebpHeader } from "./webp-header.ts";

type Exports = {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  WebPDecodeRGBA(data: number, length: number, width: number, height: number): number;
};

/** Memory of an instance that has decoded nothing yet. */
const BASE_BYTES = 2 * 1024 * 1024;

/**
 * Decodes a WebP, or the first frame of an animated one. Each image gets a new instance, because
 * WebAssembly memory never shrinks and instantiating a compiled module takes less than a millisecond.
 *
 * @param module - `@cwasm/webp/webp.wasm`, compiled
 * @throws ImageError IMAGE_CORRUPT
 */
export function decodeWebp(
  module: WebAssembly.Module,
  bytes: Uint8Array,
  header: WebpHeader,
  factor: number,
): RgbImage {
  const { width, height } = header;
  const frame: WebpFrame = header.animated
    ? extractFirstFrame(bytes)
    : { file: bytes, left: 0, top: 0, width, height };
  if (frame.left + frame.width > width || frame.top + frame.height > height) {
    throw corruptImage("WebP", "its first frame is outside its canvas");
  }
  const rgba = decodeRgba(instantiate(module), frame);
  return reduceRgba({ ...frame, rgba }, header, factor);
}

/** Peak memory of {@link decodeWebp} in bytes, the file outside WebAssembly left out. */
export function estimateWebpBytes(
  { width, height, lossless }: WebpHeader,
  fileBytes: number,
  factor: number,
): number {
  // RGBA for the caller, and a second time inside libwebp if the frame is lossless.
  const rgbaBytes = width * height * 4 * (lossless ? 2 : 1);
  return BASE_BYTES + fileBytes + rgbaBytes + boxReducerBytes(width, height, factor);
}

/** @returns a view of the instance's memory */
function decodeRgba(c: Exports, { file, width, height }: WebpFrame): Uint8Array {
  try {
    const source = c.malloc(file.byteLength);
    const size = c.malloc(8);
    new Uint8Array(c.memory.buffer, source, file.byteLength).set(file);
    const target = c.WebPDecodeRGBA(source, file.byteLength, size, size + 4);
    const [seenWidth, seenHeight] = new Int32Array(c.memory.buffer, size, 2);
    if (target === 0 || seenWidth !== width || seenHeight !== height) {
      throw new RangeError("libwebp failed.");
    }
    return new Uint8Array(c.memory.buffer, target, width * height * 4);
  } catch (cause) {
    throw corruptImage("WebP", "its compressed data cannot be decoded, or ends early", cause);
  }
}

function instantiate(module: WebAssembly.Module): Exports {
  const unused = () => {
    throw new Error("libwebp made a system call that decoding from memory does not need.");
  };
  const imports = { fd_close: unused, fd_seek: unused, fd_write: unused };
  const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports });
  // biome-ignore lint/plugin: the exports of the module that package.json pins
  return exports as unknown as Exports;
}
