/** libavif and its AV1 decoder in WebAssembly (the module of `@jsquash/avif`). */
import createAvifDecoder from "@jsquash/avif/codec/dec/avif_dec.js";
import { ImageError } from "../../errors.ts";
import { corruptImage } from "../image-errors.ts";
import { orient } from "../orient.ts";
import { reduceRgba } from "../reduce-rgba.ts";
import { resize } from "../resize.ts";
import type { RgbImage } from "../rgb-image.ts";
import type { AvifHeader } from "./avif-header.ts";
import { readAvifPicture } from "./avif-picture.ts";
import { estimateDecoderBytes } from "./estimate-avif.ts";
import { hdrToSrgb } from "./hdr-to-srgb.ts";
import { instantiateWithin, MemoryLimitError } from "./instantiate-within.ts";
import { writeAvif } from "./write-avif.ts";
import { ycgcoReToRgba } from "./ycgco-re.ts";

type Rgba = {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
};

/**
 * Decodes the primary item of an AVIF; rotation and mirroring are not applied. Each image gets a new
 * instance, because WebAssembly memory never shrinks.
 *
 * @param module - `@jsquash/avif/codec/dec/avif_dec.wasm`, compiled
 * @throws ImageError IMAGE_CORRUPT, IMAGE_UNSUPPORTED
 */
export async function decodeAvif(
  module: WebAssembly.Module,
  bytes: Uint8Array,
  header: AvifHeader,
  factor: number,
): Promise<RgbImage> {
  const { work, colour } = header;
  const image = await decodeRgba(module, bytes, header);
  if (image.width !== work.width || image.height !== work.height) {
    throw corruptImage("AVIF", "its pixels do not have the size that its header gives");
  }
  if (!work.alpha && !isOpaque(image.data)) {
    // The decoder converted nothing: it fills in alpha as it converts colours.
    throw corruptImage("AVIF", "its colours cannot be converted");
  }
  if (colour.hdr) hdrToSrgb(image.data, colour.hdr);
  return finish(image, header, factor);
}

/** Scales to the size that the container gives, crops, and reduces. */
function finish({ width, height, data }: Rgba, header: AvifHeader, factor: number): RgbImage {
  const { shown } = header;
  const placed = { rgba: data, width, height, left: 0, top: 0 };
  if (shown.width === width && shown.height === height) return reduceRgba(placed, header, factor);
  const opaque = reduceRgba(placed, { width, height, orientation: 1 }, 1);
  const scaled = resize(opaque, {
    width: Math.ceil(shown.width / factor),
    height: Math.ceil(shown.height / factor),
    region: {
      left: 0,
      top: 0,
      width: Math.ceil(header.width / factor),
      height: Math.ceil(header.height / factor),
    },
    interpolation: "bilinear",
  });
  return orient(scaled, header.orientation);
}

async function decodeRgba(
  module: WebAssembly.Module,
  bytes: Uint8Array,
  header: AvifHeader,
): Promise<Rgba> {
  const { work, colour } = header;
  const file = writeAvif(readAvifPicture(bytes), colour.coding);
  const maxBytes = estimateDecoderBytes(header);
  try {
    const codec = await createAvifDecoder({
      noInitialRun: true,
      instantiateWasm(
        imports: WebAssembly.Imports,
        done: (instance: WebAssembly.Instance) => void,
      ) {
        const instance = instantiateWithin(maxBytes, module, imports);
        done(instance);
        return instance.exports;
      },
      // The errors below are enough; nothing is printed to the console.
      print() {},
      printErr() {},
    });
    if (colour.ycgcoRe) {
      const samples = codec.decode(file, work.depth as 10 | 12);
      if (!samples) throw new RangeError("libavif failed.");
      return { ...samples, data: ycgcoReToRgba(samples.data, work.depth) };
    }
    const image = codec.decode(file, 8);
    if (!image) throw new RangeError("libavif failed.");
    return image;
  } catch (cause) {
    if (cause instanceof MemoryLimitError) {
      throw new ImageError(
        "IMAGE_TOO_LARGE",
        "The AVIF takes far more memory to decode than others of its size. Reduce it, or export it as JPEG.",
        { details: { format: "AVIF" }, cause },
      );
    }
    throw corruptImage("AVIF", "its compressed data cannot be decoded, or ends early", cause);
  }
}

function isOpaque(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return false;
  return true;
}
