/** Filtered rows of a PNG, and the streams that hold them. */
import { deflateSync, inflateSync } from "node:zlib";
import { concat } from "../bytes.ts";
import { makePart, type Part } from "../part.ts";
import type { Random } from "../random.ts";

/** Samples of a pixel, by colour type. */
export const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Origin and step of each pass of an interlaced PNG (PNG, section 8.2). */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export type RowsShape = {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly interlaced: boolean;
};

/** Rows of every pass, with filters of all kinds over slowly changing bytes. */
export function makeRows(shape: RowsShape, random: Random): Uint8Array {
  const { width, height, bitsPerPixel, interlaced } = shape;
  const pieces: Uint8Array[] = [];
  for (const [x, y, stepX, stepY] of interlaced ? PASSES : ([[0, 0, 1, 1]] as const)) {
    const columns = Math.max(0, Math.ceil((width - x) / stepX));
    const rows = columns === 0 ? 0 : Math.max(0, Math.ceil((height - y) / stepY));
    const rowBytes = Math.ceil((columns * bitsPerPixel) / 8);
    for (let row = 0; row < rows; row++) {
      const filter = random.below(5);
      const value = random.chance(60) ? 0 : random.below(256);
      const step = random.chance(60) ? 0 : random.below(4);
      pieces.push(
        Uint8Array.from({ length: rowBytes + 1 }, (_, i) => i && value + (i >> 3) * step),
      );
      (pieces.at(-1) as Uint8Array)[0] = filter;
    }
  }
  return concat(pieces);
}

/** What the IDAT chunks of a draft inflate to, as far as they can be inflated. */
export function inflateRows(parts: readonly Part[]): Uint8Array | undefined {
  const data = concat(parts.filter(({ type }) => type === "IDAT").map((part) => part.data));
  try {
    return new Uint8Array(inflateSync(data, { maxOutputLength: 16e6 }));
  } catch {
    return undefined;
  }
}

/** Puts chunks in the place of all IDAT chunks. */
export function replaceIdats(parts: Part[], streams: readonly Uint8Array[]): void {
  const first = parts.findIndex(({ type }) => type === "IDAT");
  const others = parts.filter(({ type }) => type !== "IDAT");
  const chunks = streams.map((data) => makePart("IDAT", data));
  others.splice(Math.max(first, 0), 0, ...chunks);
  parts.splice(0, parts.length, ...others);
}

/** Cuts a stream into a few chunks, some of them possibly empty or of one byte. */
export function cutStream(stream: Uint8Array, random: Random): Uint8Array[] {
  const most = random.pick([1, 1, 2, 3, 10, 200]);
  const cuts = Array.from({ length: random.between(1, most) - 1 }, () =>
    random.below(stream.length + 1),
  ).sort((a, b) => a - b);
  return [0, ...cuts].map((start, i) => stream.slice(start, cuts[i]));
}

const bombs = new Map<number, Uint8Array>();

/** A zlib stream of so many megabytes of zeros. */
export function deflateBomb(megabytes: number): Uint8Array {
  const made = bombs.get(megabytes);
  if (made) return made;
  const bomb = new Uint8Array(deflateSync(new Uint8Array(megabytes * 1e6), { level: 9 }));
  bombs.set(megabytes, bomb);
  return bomb;
}

export function deflateRows(rows: Uint8Array, random?: Random): Uint8Array {
  if (!random) return new Uint8Array(deflateSync(rows));
  const level = random.pick([0, 1, 6, 9]);
  const strategy = random.below(5);
  const windowBits = random.between(9, 15);
  return new Uint8Array(deflateSync(rows, { level, strategy, windowBits }));
}
