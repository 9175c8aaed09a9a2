/** libwebp in WebAssembly (the module of `@cwasm/webp`). */
import { corruptImage } from "../image-errors.ts";
import { reduceRgba } from "../reduce-rgba.ts";
import type { RgbImage } from "../rgb-image.ts";
import type { WebpFrame } from "./webp-frame.ts";
import type { WebpHeader } from "./webp-header.ts";

type Exports = {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  WebPDecodeRGBA(data: number, length: number, width: number, height: number): number;
};

/** "RIFF", the length and "WEBP"; a VP8X chunk; the type and length of a chunk. */
const RIFF_LENGTH = 12;
const VP8X_LENGTH = 18;
const CHUNK_HEADER_LENGTH = 8;
const ALPHA_FLAG = 0x10;

/**
 * Decodes a WebP. libwebp gets a file made of nothing but the picture: what else the file holds takes no
 * memory in WebAssembly, and libwebp cannot find another picture than the one whose size was checked.
 * Each image gets a new instance, because WebAssembly memory never shrinks and instantiating a compiled
 * module takes less than a millisecond.
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
  const { frame } = header;
  const rgba = decodeRgba(instantiate(module), bytes, frame);
  if (!header.hasAlpha) makeOpaque(rgba);
  return reduceRgba({ ...frame, rgba }, header, factor);
}

/** The length of the file that libwebp gets. */
export function stillFileBytes({ data, alpha }: WebpFrame): number {
  const alphaBytes = alpha ? VP8X_LENGTH + chunkBytes(alpha.end - alpha.start) : 0;
  return RIFF_LENGTH + alphaBytes + chunkBytes(data.end - data.start);
}

/** @returns a view of the instance's memory */
function decodeRgba(c: Exports, bytes: Uint8Array, frame: WebpFrame): Uint8Array {
  const { width, height } = frame;
  try {
    const length = stillFileBytes(frame);
    const source = c.malloc(length);
    const size = c.malloc(8);
    writeStillFile(new Uint8Array(c.memory.buffer, source, length), bytes, frame);
    const target = c.WebPDecodeRGBA(source, length, size, size + 4);
    const [seenWidth, seenHeight] = new Int32Array(c.memory.buffer, size, 2);
    if (target === 0 || seenWidth !== width || seenHeight !== height) {
      throw new RangeError("libwebp failed.");
    }
    return new Uint8Array(c.memory.buffer, target, width * height * 4);
  } catch (cause) {
    throw corruptImage("WebP", "its compressed data cannot be decoded, or ends early", cause);
  }
}

function writeStillFile(target: Uint8Array, bytes: Uint8Array, frame: WebpFrame): void {
  const { data, alpha, lossless, width, height } = frame;
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  let at = 0;
  writeHeader("RIFF", target.byteLength - CHUNK_HEADER_LENGTH);
  writeText("WEBP");
  if (alpha) {
    writeHeader("VP8X", 10);
    view.setUint32(at, ALPHA_FLAG, true);
    // Two lengths of 24 bits; the second one ends where the chunk ends.
    view.setUint32(at + 6, (height - 1) << 8, true);
    view.setUint16(at + 4, (width - 1) & 0xffff, true);
    target[at + 6] = (width - 1) >> 16;
    at += 10;
    writeChunk("ALPH", bytes.subarray(alpha.start, alpha.end));
  }
  writeChunk(lossless ? "VP8L" : "VP8 ", bytes.subarray(data.start, data.end));

  function writeChunk(type: string, body: Uint8Array): void {
    writeHeader(type, body.byteLength);
    target.set(body, at);
    at += body.byteLength;
    if (at % 2 === 1) target[at++] = 0;
  }

  function writeHeader(type: string, length: number): void {
    writeText(type);
    view.setUint32(at, length, true);
    at += 4;
  }

  function writeText(text: string): void {
    for (const character of text) target[at++] = character.charCodeAt(0);
  }
}

/** The length of a chunk with its type, its length and its padding. */
function chunkBytes(length: number): number {
  return CHUNK_HEADER_LENGTH + length + (length % 2);
}

function makeOpaque(rgba: Uint8Array): void {
  for (let at = 3; at < rgba.length; at += 4) rgba[at] = 255;
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
