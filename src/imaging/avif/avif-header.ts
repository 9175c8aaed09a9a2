/** What an AVIF says about its picture: size, orientation, form and colours (ISO/IEC 23008-12, AV1-ISOBMFF). */
import type { CommonHeader, Orientation } from "../common-header.ts";
import { corruptImage } from "../image-errors.ts";
import { type AvifColour, readAvifColour } from "./avif-colour.ts";
import { countFrames } from "./avif-frames.ts";
import { type AvifPicture, type CodedPicture, readAvifPicture } from "./avif-picture.ts";
import { type Box, uintAt } from "./bmff-boxes.ts";

export type AvifHeader = CommonHeader & {
  readonly format: "AVIF";
  /** What the decoder is going to work on. */
  readonly work: AvifWork;
  readonly colour: AvifColour;
  /** The size that the pixels are scaled to, before they are cropped to width and height. */
  readonly shown: Size;
};

/** AV1 has 16 bits for each side of a frame; a grid has at most 256 frames in a row. */
const MAX_SIDE = 2 ** 24;

type Size = { readonly width: number; readonly height: number };

export type AvifWork = {
  /** The size of the pixels as AV1 gives it, whatever the container says. */
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly alpha: boolean;
  /** The colours, and the alpha plane if there is one. */
  readonly parts: readonly CodedPart[];
  /** Tiles of all parts. */
  readonly items: number;
  /** Of AV1 data. */
  readonly bytes: number;
  /** Of data that is stored in several parts of the file. */
  readonly joinedBytes: number;
};

/** What the decoder meets in one part. */
export type CodedPart = {
  readonly width: number;
  readonly height: number;
  readonly tiles: number;
  readonly tile: Size;
  readonly depth: number;
  /** From 1 without chroma to 3 in 4:4:4. */
  readonly samplesPerPixel: number;
  readonly filmGrain: boolean;
  /** Of all frames that are decoded, whether shown or not. */
  readonly framePixels: number;
  /** The most frames in one tile. */
  readonly frames: number;
  readonly bytes: number;
  readonly joinedBytes: number;
  /** Of the largest tile. */
  readonly maxTileBytes: number;
};

/** @throws ImageError IMAGE_CORRUPT, IMAGE_UNSUPPORTED */
export function readAvifHeader(bytes: Uint8Array): AvifHeader {
  const picture = readAvifPicture(bytes);
  const { properties } = picture;
  const shown = readSize(properties);
  const crop = readCrop(properties, shown) ?? shown;
  return {
    format: "AVIF",
    width: crop.width,
    height: crop.height,
    orientation: readOrientation(properties),
    frames: countFrames(bytes),
    shown,
    work: measureWork(picture),
    colour: readAvifColour(picture),
  };
}

function readSize(properties: readonly Box[]): Size {
  const ispe = properties.find(({ type }) => type === "ispe")?.data;
  if (!ispe || ispe.byteLength < 12) throw corruptImage("AVIF", "its primary item has no size");
  const size = { width: uintAt(ispe, 4, 4), height: uintAt(ispe, 8, 4) };
  const { width, height } = size;
  if (width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE) return size;
  throw corruptImage("AVIF", `its header says that it has ${width}x${height} pixels`);
}

function measureWork({ colour, alpha }: AvifPicture): AvifWork {
  const parts = [colour, ...(alpha ? [alpha] : [])].map(measurePart);
  return {
    width: colour.width,
    height: colour.height,
    depth: colour.sequence.depth,
    alpha: alpha !== undefined,
    parts,
    items: parts.reduce((sum, { tiles }) => sum + tiles, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    joinedBytes: parts.reduce((sum, part) => sum + part.joinedBytes, 0),
  };
}

function measurePart({ tiles, sequence, width, height, frames }: CodedPicture): CodedPart {
  const chromaColumns = sequence.subsampledX ? 2 : 1;
  const chromaRows = sequence.subsampledY ? 2 : 1;
  const chroma = sequence.monochrome ? 0 : 2 / (chromaColumns * chromaRows);
  const sizes = tiles.map(({ data }) => data.byteLength);
  return {
    width,
    height,
    tiles: tiles.length,
    tile: { width: sequence.width, height: sequence.height },
    depth: sequence.depth,
    samplesPerPixel: 1 + chroma,
    filmGrain: sequence.filmGrain,
    framePixels: frames * sequence.width * sequence.height,
    frames: Math.max(...tiles.map((tile) => tile.frames)),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    joinedBytes: tiles.reduce((sum, { data, joined }) => sum + (joined ? data.byteLength : 0), 0),
    maxTileBytes: Math.max(...sizes),
  };
}

/**
 * The size that `clap` leaves. As in Chrome, only a crop that begins in the top left corner is applied:
 * encoders write it to remove padding. Others are ignored by most readers, and written for them.
 */
function readCrop(properties: readonly Box[], shown: Size): Size | undefined {
  const clap = properties.find(({ type }) => type === "clap")?.data;
  if (!clap || clap.byteLength < 32) return undefined;
  const width = readFraction(clap, 0);
  const height = readFraction(clap, 8);
  const isSize =
    [width, height].every((side) => Number.isInteger(side) && side > 0) &&
    width <= shown.width &&
    height <= shown.height;
  // The offsets are those of the middle.
  const left = readFraction(clap, 16) + (shown.width - width) / 2;
  const top = readFraction(clap, 24) + (shown.height - height) / 2;
  return isSize && left === 0 && top === 0 ? { width, height } : undefined;
}

/** Two signed numbers of 32 bits; NaN if the denominator is 0. */
function readFraction(data: Uint8Array, at: number): number {
  const numerator = uintAt(data, at, 4) | 0;
  const denominator = uintAt(data, at + 4, 4) | 0;
  return denominator === 0 ? Number.NaN : numerator / denominator;
}

/**
 * The EXIF orientation that has the same effect as rotation (`irot`, anticlockwise quarter turns)
 * followed by mirroring (`imir`: axis 0 swaps top and bottom, as AVIF 1.1 reads it).
 */
function readOrientation(properties: readonly Box[]): Orientation {
  const turns = (properties.find(({ type }) => type === "irot")?.data[0] ?? 0) & 3;
  const mirror = properties.find(({ type }) => type === "imir")?.data[0];
  const table: readonly Orientation[] =
    mirror === undefined ? [1, 8, 3, 6] : (mirror & 1) === 0 ? [4, 5, 2, 7] : [2, 7, 4, 5];
  return table[turns] as Orientation;
}
