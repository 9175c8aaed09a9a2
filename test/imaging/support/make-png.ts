/** PNG files that no encoder writes: chunks of any length and checksum, streams with any end. */
import { deflateSync, type ZlibOptions } from "node:zlib";
import { crc32 } from "../../../src/imaging/png/crc32.ts";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** What IHDR says. */
export type Ihdr = {
  readonly width: number;
  readonly height: number;
  readonly bitDepth?: number;
  readonly colorType?: number;
  readonly interlaced?: boolean;
};

/** A chunk; its length and checksum are right unless others are given. */
export function makeChunk(
  type: string,
  data: Uint8Array = new Uint8Array(0),
  { length = data.length, crc }: { readonly length?: number; readonly crc?: number } = {},
): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(length);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc ?? crc32(body), body.length + 4);
  return chunk;
}

/** Signature, IHDR, and the chunks that are given. */
export function makePngOf(
  { width, height, bitDepth = 8, colorType = 2, interlaced = false }: Ihdr,
  chunks: readonly Uint8Array[],
): Buffer {
  const data = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, bitDepth, colorType, 0, 0, interlaced ? 1 : 0]);
  data.writeUInt32BE(width);
  data.writeUInt32BE(height, 4);
  return Buffer.concat([SIGNATURE, makeChunk("IHDR", data), ...chunks]);
}

/** A sound file: `before`, the stream in one IDAT, IEND. */
export function makePng(
  ihdr: Ihdr,
  stream: Uint8Array,
  before: readonly Uint8Array[] = [],
): Buffer {
  return makePngOf(ihdr, [...before, makeChunk("IDAT", stream), makeChunk("IEND")]);
}

/**
 * Rows of one filter, repeated: what a whole image inflates to, not interlaced.
 *
 * @param fill - gives the bytes of the first row; all others are the same before they are unfiltered
 */
export function makeRows(
  { width, height, bitDepth = 8, colorType = 2 }: Ihdr,
  filter: number,
  fill: (index: number) => number,
): Buffer {
  const length = Math.ceil((width * bitDepth * (CHANNELS[colorType] as number)) / 8);
  const row = Buffer.from(
    Uint8Array.from({ length: length + 1 }, (_, i) => (i ? fill(i - 1) : filter)),
  );
  return Buffer.alloc(row.length * height, row);
}

/** A zlib stream. */
export function zlib(bytes: Uint8Array, options?: ZlibOptions): Buffer {
  return deflateSync(bytes, options);
}

/** An EXIF block that holds an orientation and nothing else. */
export function makeExif(orientation: number): Buffer {
  const tiff = Buffer.from(
    "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0",
    "latin1",
  );
  tiff[19] = orientation;
  return tiff;
}

/** Blocks of DEFLATE with codes of their own for the end of the block, and nothing else: 11 bytes each. */
export function makeEmptyDynamicBlocks(count: number): Buffer {
  const bits: number[] = [];
  const put = (value: number, length: number) => {
    for (let bit = 0; bit < length; bit++) bits.push((value >> bit) & 1);
  };
  for (let i = 0; i < count; i++) {
    put(0, 1); // not the last block
    put(2, 2);
    put(0, 5); // 257 codes for literals and lengths
    put(0, 5); // one for distances
    put(14, 4); // 18 for the lengths of codes, of which only 18 (zeros) and 1 have a code, of one bit
    for (let code = 0; code < 18; code++) put(code === 2 || code === 17 ? 1 : 0, 3);
    put(1, 1);
    put(127, 7); // 138 zeros
    put(1, 1);
    put(107, 7); // 118 zeros
    put(0, 2); // one bit for the end of the block, and for distances
    put(0, 1); // the end
  }
  const packed = Buffer.alloc(Math.ceil(bits.length / 8));
  bits.forEach((bit, i) => {
    packed[i >> 3] = (packed[i >> 3] as number) | (bit << (i & 7));
  });
  return packed;
}
