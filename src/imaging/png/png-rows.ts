/** The compressed pixels of a PNG as unfiltered rows, one at a time (W3C PNG, sections 7, 9, 10). */
import { corruptImage } from "../image-errors.ts";
import type { Inflater } from "./inflate.ts";
import type { PngHeader } from "./png-header.ts";
import { requireFilter, unfilter } from "./unfilter.ts";

/** The pixels of a pass are in columns x + i * stepX and rows y + j * stepY. */
export type PngPass = {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
};

/** Origin and step of Adam7's passes (PNG, section 8.2). */
const ADAM7: readonly (readonly [x: number, y: number, stepX: number, stepY: number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

const CHANNELS: Readonly<Record<PngHeader["colorType"], number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Bits of one pixel as stored. */
function bitsPerPixel({ colorType, bitDepth }: PngHeader): number {
  return CHANNELS[colorType] * bitDepth;
}

/** Bytes of a row of `width` pixels as stored, without the filter byte. */
export function rowBytes(header: PngHeader, width: number): number {
  return Math.ceil((width * bitsPerPixel(header)) / 8);
}

/** Bytes that the pixels inflate to: rows of all passes, with their filter bytes. */
export function inflatedBytes(header: PngHeader): number {
  return passesOf(header).reduce(
    (sum, { width, height }) => sum + (rowBytes(header, width) + 1) * height,
    0,
  );
}

/** Takes a row of a pass: packed samples as stored, without the filter byte. They are reused. */
export type OnPngRow = (pass: PngPass, row: number, samples: Uint8Array) => void;

/**
 * Decompresses and unfilters row by row. Reads no more data than the rows need.
 *
 * @throws ImageError IMAGE_CORRUPT if the stream is damaged or ends before the last row
 */
export function readPngRows(header: PngHeader, inflater: Inflater, onRow: OnPngRow): void {
  const pixelBytes = Math.max(1, bitsPerPixel(header) >> 3);
  for (const pass of passesOf(header)) {
    const length = rowBytes(header, pass.width);
    let current = new Uint8Array(length + 1);
    let previous = new Uint8Array(length + 1);
    for (let row = 0; row < pass.height; row++) {
      const failure = inflater.read(current);
      if (failure) throw corruptImage("PNG", `its compressed data ${failure}`);
      unfilter(current, previous, pixelBytes);
      onRow(pass, row, current.subarray(1));
      [current, previous] = [previous, current];
    }
  }
}

/**
 * Checks the filter bytes of inflated rows.
 *
 * @param rows - of all passes
 * @throws ImageError IMAGE_CORRUPT
 */
export function checkFilters(header: PngHeader, rows: Uint8Array): void {
  let at = 0;
  for (const { width, height } of passesOf(header)) {
    const length = rowBytes(header, width) + 1;
    for (let row = 0; row < height; row++, at += length) {
      requireFilter(rows[at] as number);
    }
  }
}

function passesOf({ width, height, interlaced }: PngHeader): PngPass[] {
  if (!interlaced) return [{ x: 0, y: 0, stepX: 1, stepY: 1, width, height }];
  return ADAM7.map(([x, y, stepX, stepY]) => ({
    x,
    y,
    stepX,
    stepY,
    width: Math.ceil((width - x) / stepX),
    height: Math.ceil((height - y) / stepY),
  })).filter((pass) => pass.width > 0 && pass.height > 0);
}
