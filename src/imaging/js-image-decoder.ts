/** The portable decoder: pure JavaScript, no WebAssembly, no streams; slow and hungry. */
import { decode as decodeJpeg } from "jpeg-js";
import UPNG from "upng-js";
import { checkLimits } from "./check-limits.ts";
import { compositeOverWhite } from "./composite-over-white.ts";
import { corruptImage } from "./corrupt-image.ts";
import type { ImageDecoder } from "./image-decoder.ts";
import type { ImageHeader } from "./image-header.ts";
import { inspectImage } from "./inspect-image.ts";
import { type JpegHeader, requireJpegEnd } from "./jpeg/jpeg-header.ts";
import type { ImageLimits } from "./limits.ts";
import { orient } from "./orient.ts";
import { readPngChunks } from "./png/png-chunks.ts";
import type { RgbImage } from "./rgb-image.ts";
import { unsupportedFormat } from "./unsupported-format.ts";

/** jpeg-js counts its own allocations against this; a photo of 25 megapixels needs about 500. */
const JPEG_MEMORY_MIB = 768;

/** Peak bytes per pixel, measured: jpeg-js holds coefficients and planes beside the pixels. */
const JPEG_BYTES_PER_PIXEL = 26;
/** Inflated rows, RGBA and RGB. */
const PNG_BYTES_PER_PIXEL = 16;

/** Decodes JPEG with jpeg-js and PNG with upng-js, always at full size. */
export const jsImageDecoder: ImageDecoder = {
  async decode(bytes, options) {
    const header = inspectImage(bytes);
    jsImageDecoder.check(header, bytes.byteLength, options);
    const stored = decodeStored(bytes, header, options.limits);
    return { header, image: orient(stored, header.orientation) };
  },
  check(header, fileBytes, { limits, minShorterSide }) {
    if (!isDecoded(header)) throw unsupportedFormat(header.format);
    const estimate = jsImageDecoder.estimateBytes(header, fileBytes, minShorterSide);
    checkLimits(header, fileBytes, estimate, limits);
  },
  estimateBytes({ format, width, height }, fileBytes) {
    const perPixel = format === "PNG" ? PNG_BYTES_PER_PIXEL : JPEG_BYTES_PER_PIXEL;
    return fileBytes + width * height * perPixel;
  },
};

function isDecoded(header: ImageHeader): boolean {
  return header.format === "JPEG" || header.format === "PNG";
}

function decodeStored(bytes: Uint8Array, header: ImageHeader, limits: ImageLimits): RgbImage {
  if (header.format === "JPEG") return jpegToRgb(bytes, header, limits);
  if (header.format === "PNG") return pngToRgb(bytes);
  throw unsupportedFormat(header.format);
}

function jpegToRgb(bytes: Uint8Array, header: JpegHeader, limits: ImageLimits): RgbImage {
  requireJpegEnd(bytes, header);
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
    throw corruptImage("JPEG", "its compressed data cannot be decoded", cause);
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
    throw corruptImage("PNG", "its compressed data cannot be decoded", cause);
  }
}
