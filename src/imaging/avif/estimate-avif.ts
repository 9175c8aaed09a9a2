/**
 * What decoding an AVIF costs, from what its headers say. The constants were fitted to measurements of
 * files by libaom with 8 to 12 bits, with and without chroma, alpha, film grain and tiles (docs/imaging.md).
 */
import { boxReducerBytes } from "../box-reducer.ts";
import type { AvifHeader, CodedPart } from "./avif-header.ts";

/** Memory of an instance that has decoded nothing yet; it never has less. */
const INITIAL_BYTES = 16 * 1024 * 1024;
/** What the code, its tables and its stack take of it. */
const BASE_BYTES = 12e6;
/** The file inside WebAssembly: a string, and what the container and the decoder copy. */
const FILE_COPIES = 3;
/** Around a frame, on each side. */
const BORDER_PIXELS = 64;
const SUPERBLOCK_PIXELS = 128;
/** What the decoder notes about each pixel of a whole superblock. */
const BLOCK_BYTES_PER_PIXEL = 6.5;
/** The same for alpha, with its copies. */
const ALPHA_BYTES_PER_PIXEL = 13;
/** The frame, a copy of it for loop restoration, and one for the caller. */
const FRAME_COPIES = 3;
/** A frame that others refer to, with its motion vectors. */
const REFERENCE_COPIES = 1.5;
const MAX_REFERENCES = 8;
/**
 * The build of the decoder keeps an account of every symbol it reads, in a list that is doubled when it is
 * full, and the old lists leave holes.
 */
const SYMBOL_BYTES = 16 * 2;
const MIN_SYMBOLS = 1000;
/** Of {@link hdrToSrgb}. */
const HDR_TABLE_BYTES = 400_000;

/** Memory of the decoder's instance in bytes. It is not given more: {@link instantiateWithin}. */
export function estimateDecoderBytes({ work, colour }: AvifHeader): number {
  const pixelBytes = colour.ycgcoRe ? 8 : 4;
  const parts = work.parts.map((part, i) => estimatePartBytes(part, i > 0));
  const needed =
    BASE_BYTES +
    FILE_COPIES * work.bytes +
    work.width * work.height * pixelBytes +
    parts.reduce((sum, bytes) => sum + bytes, 0);
  return Math.max(needed, INITIAL_BYTES);
}

function estimatePartBytes(part: CodedPart, isAlpha: boolean): number {
  const { tile, frames, tiles } = part;
  const sampleBytes = part.depth > 8 ? 2 : 1;
  // The decoder also makes room for chroma that is not there.
  const frameBytes = Math.max(part.samplesPerPixel, 1.5) * sampleBytes;
  const bordered =
    roundUp(tile.width + 2 * BORDER_PIXELS, 64) * (roundUp(tile.height, 8) + 2 * BORDER_PIXELS);
  const blocks = roundUp(tile.width, SUPERBLOCK_PIXELS) * roundUp(tile.height, SUPERBLOCK_PIXELS);
  const references = Math.min(Math.max(frames - 1, 0), MAX_REFERENCES);
  const copies = FRAME_COPIES + REFERENCE_COPIES * references + (part.filmGrain ? 1 : 0);
  const canvas = tiles > 1 ? 2 * part.width * part.height : 0;
  return (
    blocks * (isAlpha ? ALPHA_BYTES_PER_PIXEL : BLOCK_BYTES_PER_PIXEL) +
    (bordered * copies + canvas) * frameBytes +
    estimateSymbolBytes(part)
  );
}

/** Symbols for each byte, by the bytes for each sample: photos have up to 0.2, lossless pictures up to 1. */
const SYMBOLS_PER_BYTE: readonly (readonly [density: number, symbols: number])[] = [
  [0.22, 0.17],
  [0.5, 0.65],
  [0.75, 1.2],
];

function estimateSymbolBytes({ tile, samplesPerPixel, maxTileBytes }: CodedPart): number {
  const pixels = tile.width * tile.height;
  const density = maxTileBytes / (pixels * samplesPerPixel);
  const symbols = 0.01 * pixels + interpolate(SYMBOLS_PER_BYTE, density) * maxTileBytes;
  const doublings = Math.ceil(Math.log2(Math.max(symbols / MIN_SYMBOLS, 1)));
  return SYMBOL_BYTES * MIN_SYMBOLS * 2 ** doublings;
}

/** Linear between the points, constant before the first and after the last. */
function interpolate(points: readonly (readonly [x: number, y: number])[], x: number): number {
  const after = points.findIndex((point) => point[0] >= x);
  if (after <= 0) return points.at(after)?.[1] as number;
  const [x0, y0] = points[after - 1] as readonly [number, number];
  const [x1, y1] = points[after] as readonly [number, number];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** Peak memory of decoding in bytes, the file itself left out. */
export function estimateAvifBytes(header: AvifHeader, factor: number): number {
  const { work, colour, shown, width, height } = header;
  const pixels = work.width * work.height;
  // The file that is written, and the parts that are joined for it.
  const fileBytes = work.bytes + work.joinedBytes + 256 * work.items + 65_536;
  const tableBytes = colour.hdr ? HDR_TABLE_BYTES : 0;
  // RGBA; for YCgCo also 16 bits of each sample, twice.
  const rgbaBytes = pixels * (colour.ycgcoRe ? 20 : 4);
  const isScaled = shown.width !== work.width || shown.height !== work.height;
  const finishBytes = isScaled
    ? estimateScalingBytes(header, factor)
    : boxReducerBytes(width, height, factor);
  return estimateDecoderBytes(header) + fileBytes + tableBytes + rgbaBytes + finishBytes;
}

/** RGB of the decoded size, the same with its columns scaled, and the result. */
function estimateScalingBytes({ work, shown, width, height }: AvifHeader, factor: number): number {
  const columns = Math.ceil(width / factor);
  const rows = Math.ceil(height / factor);
  // Coefficients: 12 bytes for each output, and one for each input that it depends on.
  const taps = 16 * (columns + rows) + 8 * (work.width + work.height + shown.width + shown.height);
  return 3 * (work.width * work.height + columns * work.height + columns * rows) + taps;
}

const BASE_MS = 6;
const MS_PER_MEGAPIXEL = 35;
const MS_PER_MEGASAMPLE = 25;
const HIGH_DEPTH_FACTOR = 1.15;
const MS_PER_MEGABYTE = 350;
/** Conversion to RGB, compositing and reduction. */
const CONVERT_MS_PER_MEGAPIXEL = 35;
const HDR_MS_PER_MEGAPIXEL = 80;
/** Of its tables. */
const HDR_MS = 6;
const SCALE_MS_PER_MEGAPIXEL = 100;
const MS_PER_TILE = 0.5;

/** CPU time of decoding in milliseconds. */
export function estimateAvifMs({ work, colour, shown }: AvifHeader): number {
  const decoding = work.parts.reduce((sum, part) => sum + estimatePartMs(part), 0);
  const perMegapixel = CONVERT_MS_PER_MEGAPIXEL + (colour.hdr ? HDR_MS_PER_MEGAPIXEL : 0);
  const pixels = work.width * work.height;
  const isScaled = shown.width !== work.width || shown.height !== work.height;
  // Columns first, then rows.
  const scaled = isScaled ? pixels + shown.width * (work.height + shown.height) : 0;
  const conversion = (perMegapixel * pixels + SCALE_MS_PER_MEGAPIXEL * scaled) / 1e6;
  return BASE_MS + (colour.hdr ? HDR_MS : 0) + decoding + conversion + MS_PER_TILE * work.items;
}

function estimatePartMs(part: CodedPart): number {
  const perMegapixel = MS_PER_MEGAPIXEL + MS_PER_MEGASAMPLE * part.samplesPerPixel;
  const factor = part.depth > 8 ? HIGH_DEPTH_FACTOR : 1;
  return (part.framePixels * perMegapixel * factor + part.bytes * MS_PER_MEGABYTE) / 1e6;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
