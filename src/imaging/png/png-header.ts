import type { CommonHeader, Orientation } from "../common-header.ts";
import { readExifOrientation } from "../exif-orientation.ts";
import { corruptImage } from "../image-errors.ts";
import { readPngChunks } from "./png-chunks.ts";

/** PNG colour types (PNG, table 11.1). */
export type PngColorType = 0 | 2 | 3 | 4 | 6;

/** From IHDR; the orientation from eXIf. */
export type PngHeader = CommonHeader & {
  readonly format: "PNG";
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly colorType: PngColorType;
  readonly interlaced: boolean;
};

type Ihdr = Omit<PngHeader, "format" | "frames" | "orientation">;

const MAX_SIDE = 2 ** 31 - 1;

/** The bit depths that each colour type allows (PNG, table 11.1). */
const BIT_DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/**
 * The file may end anywhere after IHDR.
 *
 * @throws ImageError IMAGE_CORRUPT if IHDR is missing or impossible
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  let header: Ihdr | undefined;
  let orientation: Orientation = 1;
  for (const { type, data } of readPngChunks(bytes, { complete: false })) {
    if (!header) {
      if (type !== "IHDR") throw corruptImage("PNG", "it does not start with a header");
      header = readIhdr(data);
    } else if (type === "eXIf") {
      orientation = readExifOrientation(data);
      break;
    }
  }
  if (!header) throw corruptImage("PNG", "its header is incomplete");
  return { format: "PNG", frames: 1, orientation, ...header };
}

function readIhdr(data: Uint8Array): Ihdr {
  if (data.byteLength !== 13) throw corruptImage("PNG", "its header has the wrong length");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [bitDepth = 0, colorType = 0, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0 || width > MAX_SIDE || height > MAX_SIDE) {
    throw corruptImage("PNG", `its header says that it has ${width}x${height} pixels`);
  }
  if (!BIT_DEPTHS[colorType]?.includes(bitDepth)) {
    throw corruptImage("PNG", `its header combines colour type ${colorType} with ${bitDepth} bits`);
  }
  if (compression !== 0 || filter !== 0 || (interlace !== 0 && interlace !== 1)) {
    throw corruptImage("PNG", "its header names methods that PNG does not have");
  }
  return {
    width,
    height,
    bitDepth: bitDepth as PngHeader["bitDepth"],
    colorType: colorType as PngColorType,
    interlaced: interlace === 1,
  };
}
