/** The portable decoder: pure JavaScript, no WebAssembly, no streams; slow and hungry. */
import { decode as decodeJpeg } from "jpeg-js";
import UPNG from "upng-js";
import { checkLimits } from "./check-limits.ts";
import { compositeOverWhite } from "./composite-over-white.ts";
import type { ImageDecoder } from "./image-decoder.ts";
import { inspectImage } from "./inspect-image.ts";
import { corruptJpeg } from "./jpeg-errors.ts";
import { readJpegHeader, requireJpegEnd } from "./jpeg-header.ts";
import type { ImageLimits } from "./limits.ts";
import { orient } from "./orient.ts";
import { readPngChunks } from "./png-chunks.ts";
import { corruptPng } from "./png-errors.ts";
import type { RgbImage } from "./rgb-image.ts";

/** jpeg-js counts its own allocations against this; a photo of 25 megapixels needs about 500. */
const JPEG_MEMORY_MIB = 768;

/** Decodes with jpeg-js and upng-js, always at full size. */
export const jsImageDecoder: ImageDecoder = async (bytes, { limits }) => {
  const header = inspectImage(bytes);
  checkLimits(bytes, header, limits);
  const stored = header.format === "JPEG" ? jpegToRgb(bytes, limits) : pngToRgb(bytes);
  return { header, image: orient(stored, header.orientation) };
};

function jpegToRgb(bytes: Uint8Array, limits: ImageLimits): RgbImage {
  requireJpegEnd(bytes, readJpegHeader(bytes));
  try {
    const { width, height, data } = decodeJpeg(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil(limits.maxPixels / 1e6),
      maxMemoryUsageInMB: JPEG_MEMORY_MIB,
    });
    return { width, height, data };
  } catch (cause) {
    throw corruptJpeg("its compressed data cannot be decoded", cause);
  }
}

function pngToRgb(bytes: Uint8Array): RgbImage {
  // upng-js believes every length and checksum, so the chunks are checked before it sees them.
  for (const _ of readPngChunks(bytes, { complete: true }));
  try {
    const png = UPNG.decode(bytes.slice().buffer);
    const [rgba] = UPNG.toRGBA8(png);
    if (!rgba || rgba.byteLength !== png.width * png.height * 4) {
      throw new RangeError("The pixels do not fill the image.");
    }
    const data = compositeOverWhite(new Uint8Array(rgba));
    return { width: png.width, height: png.height, data };
  } catch (cause) {
    throw corruptPng("its compressed data cannot be decoded", cause);
  }
}
