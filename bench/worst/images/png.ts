/** PNG files whose few bytes stand for many pixels, bytes or chunks. */
import { crc32 } from "../../../src/imaging/png/crc32.ts";
import { defineImageMaker } from "../maker.ts";
import { deflateRepeated, type Run } from "./deflate-repeated.ts";

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const MAX_BYTES = 10_485_760;
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PALETTE = 3;
/** First column, first row, column step, row step of Adam7's passes. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export const png = defineImageMaker({
  name: "png",
  ranges: {
    width: { min: 1, max: 65_535 },
    height: { min: 1, max: 65_535 },
    bitDepth: { choices: [1, 8, 16] },
    colorType: { choices: [0, 2, 3, 4, 6] },
    interlaced: { choices: [false, true] },
    filter: { choices: [0, 1, 2, 3, 4] },
    /** Of each IDAT; 0 for a single one. */
    idatBytes: { min: 0, max: 65_536 },
    emptyIdats: { min: 0, max: 870_000 },
    /** Empty ancillary chunks. */
    chunks: { min: 0, max: 870_000 },
    /** Megabytes that follow the last row in the compressed data. */
    surplusMB: { min: 0, max: 500 },
  },
  starts: [
    { ...deep(10_000, 10_000), interlaced: true },
    deep(10_000, 10_000),
    { ...deep(10_000, 10_000), idatBytes: 0 },
    { ...deep(30_000, 3300), bitDepth: 1, colorType: 0 },
    { ...deep(3300, 30_000), bitDepth: 8, colorType: PALETTE, interlaced: true },
    { ...deep(1, 65_535), interlaced: true },
    { ...deep(5000, 5000), idatBytes: 1 },
    { ...deep(10, 10), emptyIdats: 870_000 },
    { ...deep(10, 10), chunks: 870_000 },
    { ...deep(100, 100), surplusMB: 300 },
    { ...deep(100, 100), surplusMB: 300, idatBytes: 0 },
  ],
  make({ width, height, bitDepth, colorType, interlaced, ...params }) {
    const depth = depthFor(bitDepth, colorType);
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([depth, colorType, 0, 0, interlaced ? 1 : 0], 8);
    const bits = depth * (SAMPLES[colorType] ?? 1);
    const data = deflateRepeated([
      ...listRuns({ width, height, bits, filter: params.filter, interlaced }),
      { bytes: Buffer.alloc(1_000_000), times: params.surplusMB },
    ]);
    const bytes = Buffer.concat([
      SIGNATURE,
      chunk("IHDR", header),
      ...(colorType === PALETTE ? [chunk("PLTE", Buffer.alloc(768, 7))] : []),
      repeatChunk("aaAa", params.chunks),
      repeatChunk("IDAT", params.emptyIdats),
      ...split(data, params.idatBytes),
      chunk("IEND", Buffer.alloc(0)),
    ]);
    return bytes.subarray(0, MAX_BYTES);
  },
});

function deep(width: number, height: number) {
  const shape = { width, height, bitDepth: 16, colorType: 6, interlaced: false, filter: 4 };
  return { ...shape, idatBytes: 8192, emptyIdats: 0, chunks: 0, surplusMB: 0 };
}

/** Palettes have at most 8 bits, samples with alpha or in three colours at least 8. */
function depthFor(bitDepth: number, colorType: number): number {
  if (colorType === PALETTE) return Math.min(bitDepth, 8);
  return colorType === 0 ? bitDepth : Math.max(bitDepth, 8);
}

type Shape = {
  readonly width: number;
  readonly height: number;
  /** Of a pixel. */
  readonly bits: number;
  readonly filter: number;
  readonly interlaced: boolean;
};

/** The rows of the picture, or of each pass; all rows of a pass are alike. */
function listRuns({ width, height, bits, filter, interlaced }: Shape): Run[] {
  const passes = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return passes.flatMap(([x, y, stepX, stepY]) => {
    const columns = Math.ceil((width - x) / stepX);
    const rows = Math.ceil((height - y) / stepY);
    if (columns <= 0 || rows <= 0) return [];
    const row = Buffer.alloc(
      1 + Math.ceil((columns * bits) / 8),
      "\x01\x02\x03\x04\x05\x06\x07\x08",
    );
    row[0] = filter;
    return [{ bytes: row, times: rows }];
  });
}

function split(data: Buffer, size: number): Buffer[] {
  if (size === 0) return [chunk("IDAT", data)];
  // Smaller pieces would make the file too long.
  const most = Math.max(1, Math.floor((MAX_BYTES - data.length) / 13));
  const step = Math.max(size, Math.ceil(data.length / most));
  return Array.from({ length: Math.ceil(data.length / step) }, (_, i) =>
    chunk("IDAT", data.subarray(i * step, (i + 1) * step)),
  );
}

function repeatChunk(type: string, times: number): Buffer {
  const empty = chunk(type, Buffer.alloc(0));
  return Buffer.alloc(empty.length * times, empty);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
