import UPNG from "upng-js";
import type { Codec } from "../codec.ts";
import { compositeOverWhite } from "../composite-over-white.ts";
import { corruptImage } from "../image-errors.ts";
import { orient } from "../orient.ts";
import type { RgbImage } from "../rgb-image.ts";
import { pngCodec } from "./codec.ts";
import { decodePng, estimatePngMs, openPixels, readColors } from "./decode-png.ts";
import { SIGNATURE_LENGTH } from "./png-chunks.ts";
import type { PngHeader } from "./png-header.ts";
import { checkFilters, inflatedBytes } from "./png-rows.ts";

/** RGBA, RGB and, if the image is turned, RGB again. */
const BYTES_PER_PIXEL = 10;
/** Inflated rows: those given to upng-js, its own copy, and the picture without gaps between passes. */
const INFLATED_COPIES = 3;

/** PNG by upng-js, always at full size. */
export const jsPngCodec = {
  ...pngCodec,
  estimateBytes(header, fileBytes) {
    const { width, height } = header;
    const inflated = inflatedBytes(header) * INFLATED_COPIES;
    return (
      pngCodec.estimateBytes(header, fileBytes, 1) + inflated + width * height * BYTES_PER_PIXEL
    );
  },
  estimateMs: (header, fileBytes) => 3 * estimatePngMs(header, fileBytes, 1),
  createDecoder: () => ({
    turnsUpright: true,
    decode: (bytes, header) =>
      isReadByUpng(header) ? decodeByUpng(bytes, header) : decodePng(bytes, header, 1),
  }),
} as const satisfies Codec<PngHeader>;

/**
 * Whether upng-js gives the right pixels. It puts interlaced samples of less than 8 bits in wrong places, takes
 * the rows of grey images of less than 8 bits for one, and compares 16 bits of a transparent colour with 8.
 */
function isReadByUpng({ colorType, bitDepth, interlaced, transparency }: PngHeader): boolean {
  if (bitDepth < 8 && (interlaced || colorType === 0)) return false;
  return colorType === 3 || transparency === undefined;
}

function decodeByUpng(bytes: Uint8Array, header: PngHeader): RgbImage {
  const file = plainFile(bytes, header);
  try {
    const png = UPNG.decode(file.buffer);
    const [rgba] = UPNG.toRGBA8(png);
    if (!rgba || rgba.byteLength !== header.width * header.height * 4) {
      throw new RangeError("The pixels do not fill the image.");
    }
    const { width, height } = png;
    const data = compositeOverWhite(new Uint8Array(rgba));
    return orient({ width, height, data }, header.orientation);
  } catch (cause) {
    throw corruptImage("PNG", "its pixels cannot be decoded", cause);
  }
}

/**
 * The file as upng-js should see it: inflated, as much of it as the image has pixels, and without chunks
 * that do not matter. upng-js inflates whatever the file has, verifies neither lengths nor checksums, and takes
 * the first frame of an animation for the image.
 */
function plainFile(bytes: Uint8Array, header: PngHeader): Uint8Array<ArrayBuffer> {
  const inflater = openPixels(bytes, header);
  const { palette, transparency } = readColors(bytes, header);
  const rows = new Uint8Array(inflatedBytes(header));
  const failure = inflater.read(rows);
  if (failure) throw corruptImage("PNG", `its compressed data ${failure}`);
  checkFilters(header, rows);
  // A copy: the slice() of Node's Buffer would be a view of the file.
  const ihdr = Uint8Array.from(bytes.subarray(SIGNATURE_LENGTH + 8, SIGNATURE_LENGTH + 21));
  // A compression method that upng-js does not know makes it take the pixels as they are.
  ihdr[10] = 1;
  const colors = Math.floor((palette?.length ?? 0) / 3) * 3;
  if (header.colorType === 3 && colors === 0) {
    throw corruptImage("PNG", "its palette is missing or empty");
  }
  const chunks: [string, Uint8Array][] = [["IHDR", ihdr]];
  if (palette) chunks.push(["PLTE", palette.subarray(0, Math.min(colors, 256 * 3))]);
  if (transparency) chunks.push(["tRNS", transparency.subarray(0, 256)]);
  chunks.push(["IDAT", rows], ["IEND", new Uint8Array(0)]);
  return joinChunks(bytes.subarray(0, SIGNATURE_LENGTH), chunks);
}

/** Without checksums, which upng-js skips. */
function joinChunks(
  signature: Uint8Array,
  chunks: readonly (readonly [type: string, data: Uint8Array])[],
): Uint8Array<ArrayBuffer> {
  const length = chunks.reduce((sum, [, data]) => sum + 12 + data.length, signature.length);
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  file.set(signature);
  let at = signature.length;
  for (const [type, data] of chunks) {
    view.setUint32(at, data.length);
    for (let i = 0; i < 4; i++) file[at + 4 + i] = type.charCodeAt(i);
    file.set(data, at + 8);
    at += 12 + data.length;
  }
  return file;
}
