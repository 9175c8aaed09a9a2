import { decode } from "jpeg-js";
import type { Codec } from "../codec.ts";
import { corruptImage } from "../image-errors.ts";
import type { RgbImage } from "../rgb-image.ts";
import { jpegCodec } from "./codec.ts";
import type { JpegHeader } from "./jpeg-header.ts";
import { EOI } from "./jpeg-markers.ts";

/** jpeg-js counts its own allocations against this; a photo of 25 megapixels needs about 500. */
const MEMORY_MIB = 768;
const BASE_BYTES = 4 * 1024 * 1024;
const BASE_MS = 30;

/** JPEG by jpeg-js, always at full size. */
export const jsJpegCodec = {
  ...jpegCodec,
  /** Measured: jpeg-js keeps coefficients of 32 bits, and planes beside the pixels. */
  estimateBytes({ width, height, coefficientBytes }, fileBytes) {
    return BASE_BYTES + fileBytes + width * height * 12 + coefficientBytes * 5;
  },
  /** Measured in Node. */
  estimateMs({ width, height, coefficientBytes, scans }, fileBytes) {
    const refined = scans.work.reduce((sum, work) => sum + work.refined, 0);
    const pixelMs = width * height * 52e-6 + coefficientBytes * 12e-6;
    return BASE_MS + pixelMs + fileBytes * 40e-6 + refined * 4e-6;
  },
  createDecoder: () => ({ decode: decodeJpeg }),
} as const satisfies Codec<JpegHeader>;

function decodeJpeg(bytes: Uint8Array, header: JpegHeader): RgbImage {
  try {
    const { width, height, data } = decode(withEndMarker(bytes, header), {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil((header.width * header.height) / 1e6),
      maxMemoryUsageInMB: MEMORY_MIB,
    });
    return { width, height, data };
  } catch (cause) {
    throw corruptImage("JPEG", "its compressed data cannot be decoded", cause);
  }
}

/** jpeg-js refuses a whole picture without its end marker. */
function withEndMarker(bytes: Uint8Array, { end, hasEndMarker }: JpegHeader): Uint8Array {
  if (hasEndMarker) return bytes.subarray(0, end);
  const whole = new Uint8Array(end + 2);
  whole.set(bytes.subarray(0, end));
  whole.set([0xff, EOI], end);
  return whole;
}
