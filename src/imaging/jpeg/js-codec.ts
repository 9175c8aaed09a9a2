import { decode } from "jpeg-js";
import type { Codec } from "../codec.ts";
import { corruptImage } from "../image-errors.ts";
import type { RgbImage } from "../rgb-image.ts";
import { jpegCodec } from "./codec.ts";
import type { JpegHeader } from "./jpeg-header.ts";

/** jpeg-js counts its own allocations against this; a photo of 25 megapixels needs about 500. */
const MEMORY_MIB = 768;
/** Peak memory, measured: jpeg-js keeps coefficients and planes beside the pixels. */
const BYTES_PER_PIXEL = 26;

/** JPEG by jpeg-js, always at full size. */
export const jsJpegCodec = {
  ...jpegCodec,
  estimateBytes: ({ width, height }, fileBytes) => fileBytes + width * height * BYTES_PER_PIXEL,
  estimateMs(header, fileBytes) {
    return (header.width * header.height) / 10_000 + fileBytes / 10_000;
  },
  createDecoder: () => ({ decode: decodeJpeg }),
} as const satisfies Codec<JpegHeader>;

function decodeJpeg(bytes: Uint8Array, header: JpegHeader): RgbImage {
  try {
    const { width, height, data } = decode(bytes, {
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
