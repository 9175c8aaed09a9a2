import { readExifOrientation } from "./exif-orientation.ts";
import type { Orientation } from "./image-header.ts";
import { readPngChunks } from "./png-chunks.ts";
import { corruptPng } from "./png-errors.ts";

/** PNG colour types (PNG, table 11.1). */
export type PngColorType = 0 | 2 | 3 | 4 | 6;

/** IHDR, and the orientation from eXIf. */
export type PngHeader = {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly colorType: PngColorType;
  readonly interlaced: boolean;
  readonly orientation: Orientation;
};

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
 * Reads the header of a PNG; the file may end anywhere after IHDR.
 *
 * @throws ImageError IMAGE_CORRUPT where IHDR is missing or impossible
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  let header: Omit<PngHeader, "orientation"> | undefined;
  let orientation: Orientation = 1;
  for (const { type, data } of readPngChunks(bytes, { complete: false })) {
    if (!header) {
      if (type !== "IHDR") throw corruptPng("it does not begin with its header");
      header = readIhdr(data);
    } else if (type === "eXIf") {
      orientation = readExifOrientation(data);
      break;
    }
  }
  if (!header) throw corruptPng("its header is cut short");
  return { ...header, orientation };
}

function readIhdr(data: Uint8Array): Omit<PngHeader, "orientation"> {
  if (data.byteLength !== 13) throw corruptPng("its header has a wrong length");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [bitDepth = 0, colorType = 0, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0 || width > MAX_SIDE || height > MAX_SIDE) {
    throw corruptPng(`its header claims ${width}x${height} pixels`);
  }
  if (!BIT_DEPTHS[colorType]?.includes(bitDepth)) {
    throw corruptPng(`its header claims colour type ${colorType} with ${bitDepth} bits`);
  }
  if (compression !== 0 || filter !== 0 || (interlace !== 0 && interlace !== 1)) {
    throw corruptPng("its header names methods that do not exist");
  }
  return {
    width,
    height,
    bitDepth: bitDepth as PngHeader["bitDepth"],
    colorType: colorType as PngColorType,
    interlaced: interlace === 1,
  };
}
