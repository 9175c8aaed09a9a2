import UPNG from "upng-js";
import type { Codec } from "../codec.ts";
import { compositeOverWhite } from "../composite-over-white.ts";
import { corruptImage } from "../image-errors.ts";
import type { RgbImage } from "../rgb-image.ts";
import { pngCodec } from "./codec.ts";
import { readPngChunks } from "./png-chunks.ts";
import type { PngHeader } from "./png-header.ts";

/** Peak memory: inflated rows, RGBA and RGB. */
const BYTES_PER_PIXEL = 16;

/** PNG by upng-js, always at full size. */
export const jsPngCodec = {
  ...pngCodec,
  estimateBytes: ({ width, height }, fileBytes) => fileBytes + width * height * BYTES_PER_PIXEL,
  estimateMs(header, fileBytes) {
    return (header.width * header.height) / 10_000 + fileBytes / 10_000;
  },
  createDecoder: () => ({ decode: decodePng }),
} as const satisfies Codec<PngHeader>;

function decodePng(bytes: Uint8Array): RgbImage {
  // upng-js does not verify lengths or checksums, so the chunks are checked first.
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
