/**
 * libjpeg-turbo in WebAssembly (the module of `@cwasm/jpeg-turbo`), through its TurboJPEG interface.
 * It can reduce an image while it decodes, in the DCT domain, which makes photos of many megapixels
 * affordable.
 */
import { corruptImage } from "../image-errors.ts";
import { copyUpright, orient } from "../orient.ts";
import type { RgbImage } from "../rgb-image.ts";
import { cmykToRgb } from "./cmyk-to-rgb.ts";
import { type DctScale, scaledSide } from "./dct-scale.ts";
import type { JpegHeader } from "./jpeg-header.ts";

type Exports = {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  tjInitDecompress(): number;
  tjDestroy(handle: number): number;
  tjDecompressHeader3(handle: number, jpeg: number, length: number, ...out: number[]): number;
  tjDecompress2(
    handle: number,
    jpeg: number,
    length: number,
    target: number,
    width: number,
    pitch: number,
    height: number,
    pixelFormat: number,
    flags: number,
  ): number;
};

// turbojpeg.h
const TJPF_RGB = 0;
const TJPF_CMYK = 11;
const TJFLAG_ACCURATEDCT = 4096;
const TJFLAG_STOPONWARNING = 8192;

const END_MARKER = [0xff, 0xd9];

/** An instance with more is dropped after use, because WebAssembly memory never shrinks. */
const MAX_IDLE_HEAP_BYTES = 2 * 1024 * 1024;

/** One decoder. It is not reentrant and does not need to be, because decoding is synchronous. */
export class JpegTurbo {
  readonly #module: WebAssembly.Module;
  #instance: Exports | undefined;

  /** @param module - `@cwasm/jpeg-turbo/jpeg-turbo.wasm`, compiled */
  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** Bytes of WebAssembly memory that are kept between two images. */
  get heapBytes(): number {
    return this.#instance?.memory.buffer.byteLength ?? 0;
  }

  /**
   * Decodes to RGB.
   *
   * @param header - of `bytes`
   * @throws ImageError IMAGE_CORRUPT if the stream cannot be decoded. As in viewers, damage that libjpeg
   *   can conceal (with a warning) is not an error.
   */
  decode(bytes: Uint8Array, header: JpegHeader, eighths: DctScale): RgbImage {
    const instance = this.#instance ?? instantiate(this.#module);
    // An instance is used again only if it did not fail: a fatal error jumps out of C code.
    this.#instance = undefined;
    const image = decodeWith(instance, bytes, header, eighths);
    if (instance.memory.buffer.byteLength <= MAX_IDLE_HEAP_BYTES) this.#instance = instance;
    return image;
  }
}

function decodeWith(
  c: Exports,
  bytes: Uint8Array,
  header: JpegHeader,
  eighths: DctScale,
): RgbImage {
  const width = scaledSide(header.width, eighths);
  const height = scaledSide(header.height, eighths);
  const cmyk = header.frame.components.length === 4;
  const pitch = width * (cmyk ? 4 : 3);
  const length = header.end + END_MARKER.length;
  const source = allocate(c, length);
  const target = allocate(c, pitch * height);
  const facts = allocate(c, 16);
  const copy = new Uint8Array(c.memory.buffer, source, length);
  copy.set(bytes.subarray(0, header.end));
  copy.set(END_MARKER, header.end);
  const handle = c.tjInitDecompress();
  try {
    c.tjDecompressHeader3(handle, source, length, facts, facts + 4, facts + 8, facts + 12);
    const [seenWidth, seenHeight] = new Int32Array(c.memory.buffer, facts, 2);
    if (seenWidth !== header.width || seenHeight !== header.height) {
      throw new RangeError(`libjpeg-turbo reads a size of ${seenWidth}x${seenHeight}.`);
    }
    // Only a warning tells whether the last scan of a progressive file without an end marker is complete.
    const strict = header.frame.progressive && !header.hasEndMarker;
    const flags = TJFLAG_ACCURATEDCT | (strict ? TJFLAG_STOPONWARNING : 0);
    // The result is ignored: it is -1 for warnings too, and a fatal error throws.
    c.tjDecompress2(
      handle,
      source,
      length,
      target,
      width,
      pitch,
      height,
      cmyk ? TJPF_CMYK : TJPF_RGB,
      flags,
    );
  } catch (cause) {
    throw corruptImage("JPEG", "its compressed data cannot be decoded", cause);
  }
  const pixels = new Uint8Array(c.memory.buffer, target, pitch * height);
  const { orientation } = header;
  const image = cmyk
    ? orient({ width, height, data: cmykToRgb(pixels) }, orientation)
    : copyUpright({ width, height, data: pixels }, orientation);
  c.tjDestroy(handle);
  for (const pointer of [source, target, facts]) c.free(pointer);
  return image;
}

function allocate(c: Exports, bytes: number): number {
  const pointer = c.malloc(bytes);
  if (pointer === 0)
    throw corruptImage("JPEG", `the decoder cannot allocate the ${bytes} bytes that it takes`);
  return pointer;
}

function instantiate(module: WebAssembly.Module): Exports {
  const unused = () => {
    throw new Error("libjpeg-turbo made a system call that decoding from memory does not need.");
  };
  const { exports } = new WebAssembly.Instance(module, {
    env: {
      setjmp: () => 0,
      // C uses this to leave after a fatal error; here an exception unwinds through WebAssembly.
      longjmp: () => {
        throw new RangeError("libjpeg-turbo had a fatal error.");
      },
    },
    wasi_snapshot_preview1: {
      environ_sizes_get: () => 0,
      environ_get: unused,
      proc_exit: unused,
      fd_close: unused,
      fd_seek: unused,
      fd_write: unused,
    },
  });
  // biome-ignore lint/plugin: the exports of the module that package.json pins
  return exports as unknown as Exports;
}
