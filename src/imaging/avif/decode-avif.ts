/** libavif and its AV1 decoder in WebAssembly (the module of `@jsquash/avif`). */
import createAvifDecoder from "@jsquash/avif/codec/dec/avif_dec.js";
import { boxReducerBytes } from "../box-reducer.ts";
import { corruptImage } from "../image-errors.ts";
import { reduceRgba } from "../reduce-rgba.ts";
import type { RgbImage } from "../rgb-image.ts";
import type { AvifHeader } from "./avif-header.ts";

/** Memory of an instance that has decoded nothing yet. */
const BASE_BYTES = 16 * 1024 * 1024;
/** How many times the AV1 decoder holds the planes; measured (`npm run bench:decode`). */
const PLANE_COPIES = 6;
/** RGBA inside WebAssembly, and its copy outside. */
const RGBA_BYTES_PER_PIXEL = 8;

/**
 * Decodes the primary item of an AVIF; rotation and mirroring are not applied. Each image gets a new
 * instance, because WebAssembly memory never shrinks.
 *
 * @param module - `@jsquash/avif/codec/dec/avif_dec.wasm`, compiled
 * @throws ImageError IMAGE_CORRUPT
 */
export async function decodeAvif(
  module: WebAssembly.Module,
  bytes: Uint8Array,
  header: AvifHeader,
  factor: number,
): Promise<RgbImage> {
  const image = await decodeRgba(module, bytes);
  if (image.width !== header.width || image.height !== header.height) {
    throw corruptImage("AVIF", "its pixels do not have the size that its header gives");
  }
  const { width, height, data } = image;
  return reduceRgba({ rgba: data, width, height, left: 0, top: 0 }, header, factor);
}

/** Peak memory of {@link decodeAvif} in bytes, the file outside WebAssembly left out. */
export function estimateAvifBytes(
  { width, height, planeBytesPerPixel }: AvifHeader,
  fileBytes: number,
  factor: number,
): number {
  const perPixel = RGBA_BYTES_PER_PIXEL + PLANE_COPIES * planeBytesPerPixel;
  const pixelBytes = width * height * perPixel;
  return BASE_BYTES + fileBytes + pixelBytes + boxReducerBytes(width, height, factor);
}

async function decodeRgba(module: WebAssembly.Module, bytes: Uint8Array) {
  try {
    const codec = await createAvifDecoder({
      noInitialRun: true,
      instantiateWasm(
        imports: WebAssembly.Imports,
        done: (instance: WebAssembly.Instance) => void,
      ) {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance);
        return instance.exports;
      },
      // The error below is enough; nothing is printed to the console.
      print() {},
      printErr() {},
    });
    const image = codec.decode(bytes, 8);
    if (!image) throw new RangeError("libavif failed.");
    return image;
  } catch (cause) {
    throw corruptImage("AVIF", "its compressed data cannot be decoded, or ends early", cause);
  }
}
