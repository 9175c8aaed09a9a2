import { ImageError } from "../../errors.ts";
import type { CommonHeader, Orientation } from "../common-header.ts";
import { readExifOrientation } from "../exif-orientation.ts";
import { corruptImage } from "../image-errors.ts";
import {
  CHUNK_HEAD_LENGTH,
  ChunkWalk,
  chunkData,
  chunkType,
  isIntact,
  type PngChunk,
} from "./png-chunks.ts";

/** PNG colour types (PNG, table 11.1). */
export type PngColorType = 0 | 2 | 3 | 4 | 6;

/** From IHDR, and from the chunks before the pixels. */
export type PngHeader = CommonHeader & {
  readonly format: "PNG";
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  readonly colorType: PngColorType;
  readonly interlaced: boolean;
  /** PLTE, if it comes before the pixels. */
  readonly palette: PngChunk | undefined;
  /** tRNS, if it comes before the pixels. */
  readonly transparency: PngChunk | undefined;
  /** The offset of the first IDAT chunk; undefined if there is none. */
  readonly pixelsAt: number | undefined;
};

type Ihdr = Pick<PngHeader, "width" | "height" | "bitDepth" | "colorType" | "interlaced">;

/** What a walk over the chunks finds: the first one of each type. */
type Layout = { -readonly [Key in "palette" | "transparency" | "pixelsAt"]: PngHeader[Key] } & {
  exif: PngChunk | undefined;
  animation: PngChunk | undefined;
};

const IHDR = chunkType("IHDR");
const PLTE = chunkType("PLTE");
const TRNS = chunkType("tRNS");
const EXIF = chunkType("eXIf");
const ACTL = chunkType("acTL");
const IDAT = chunkType("IDAT");
/** The chunk that Xcode puts before IHDR. */
const CGBI = chunkType("CgBI");

const IHDR_LENGTH = 13;
const MAX_INT = 2 ** 31 - 1;

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
 * @throws ImageError IMAGE_CORRUPT if IHDR is missing or impossible; IMAGE_UNSUPPORTED for Xcode's variant
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const walk = new ChunkWalk(bytes);
  if (!walk.next()) throw corruptImage("PNG", "its header is incomplete");
  if (walk.type === CGBI) throw xcodePng();
  if (walk.type !== IHDR) throw corruptImage("PNG", "it does not start with a header");
  const ihdr = readIhdr(chunkData(bytes, walk));
  const { exif, animation, ...layout } = readLayout(walk);
  return {
    format: "PNG",
    ...ihdr,
    ...layout,
    frames: readFrames(bytes, animation),
    orientation: readOrientation(bytes, exif),
  };
}

function readIhdr(data: Uint8Array): Ihdr {
  if (data.byteLength !== IHDR_LENGTH) throw corruptImage("PNG", "its header is incomplete");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [bitDepth = 0, colorType = 0, compression, filter, interlace] = data.subarray(8);
  if (width === 0 || height === 0 || width > MAX_INT || height > MAX_INT) {
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

/** @param walk - at IHDR */
function readLayout(walk: ChunkWalk): Layout {
  const layout: Layout = {
    palette: undefined,
    transparency: undefined,
    pixelsAt: undefined,
    exif: undefined,
    animation: undefined,
  };
  while (walk.next()) {
    if (walk.type === IDAT) layout.pixelsAt ??= walk.at - CHUNK_HEAD_LENGTH;
    else if (walk.type === EXIF) layout.exif ??= place(walk);
    else if (layout.pixelsAt !== undefined) continue;
    else if (walk.type === PLTE) layout.palette ??= place(walk);
    else if (walk.type === TRNS) layout.transparency ??= place(walk);
    else if (walk.type === ACTL) layout.animation ??= place(walk);
  }
  return layout;
}

function place({ at, length }: PngChunk): PngChunk {
  return { at, length };
}

/** As in browsers, an animation that is not announced well is a still image. */
function readFrames(bytes: Uint8Array, animation: PngChunk | undefined): number {
  if (animation?.length !== 8 || !isIntact(bytes, animation)) return 1;
  const frames = new DataView(bytes.buffer, bytes.byteOffset + animation.at, 8).getUint32(0);
  return frames > 0 && frames <= MAX_INT ? frames : 1;
}

function readOrientation(bytes: Uint8Array, exif: PngChunk | undefined): Orientation {
  return exif && isIntact(bytes, exif) ? readExifOrientation(chunkData(bytes, exif)) : 1;
}

function xcodePng(): ImageError {
  return new ImageError(
    "IMAGE_UNSUPPORTED",
    "The PNG is in the format that Xcode makes for iOS apps (CgBI), which only Apple's software can read. Send the original, or convert it to JPEG on a Mac or an iPhone first.",
    { details: { format: "CgBI PNG" } },
  );
}
