/** PNG files that break a rule, and what browsers make of them. */
import { constants } from "node:zlib";
import { type Ihdr, makeChunk, makePng, makePngOf, zlib } from "./make-png.ts";

/** Rows repeat after 8, so that their stream refers to bytes further back than 256. */
export const PICTURE: Ihdr & { readonly bitDepth: 8; readonly colorType: 2 } = {
  width: 40,
  height: 24,
  bitDepth: 8,
  colorType: 2,
};

const ROW_BYTES = PICTURE.width * 3 + 1;
const rows = Uint8Array.from({ length: ROW_BYTES * PICTURE.height }, (_, i) => {
  const [row, column] = [Math.floor(i / ROW_BYTES) % 8, i % ROW_BYTES];
  return column === 0 ? 0 : (row * 31 + column * column * 7 + ((row * column) % 13) * 11) % 256;
});
const stream = zlib(rows, { level: 9 });
const text = makeChunk("tEXt", Buffer.from("Comment\0\x1b[31m"));
const idat = makeChunk("IDAT", stream);
const iend = makeChunk("IEND");

/** Without any fault. */
export const SOUND_PNG = makePng(PICTURE, stream);

const of = (...chunks: Uint8Array[]) => makePngOf(PICTURE, chunks);
const withStream = (...parts: Uint8Array[]) => makePng(PICTURE, Buffer.concat(parts));
/** The stream without its checksum. */
const body = stream.subarray(0, -4);
const openBody = zlib(rows, { finishFlush: constants.Z_SYNC_FLUSH });

/** Files with all pixels: browsers show each of them like {@link SOUND_PNG}. */
export const WHOLE_PNGS: Readonly<Record<string, Uint8Array>> = {
  "bytes after the stream": withStream(stream, Buffer.from("some more bytes")),
  "zeros after the stream": withStream(stream, Buffer.alloc(5000)),
  "a whole IDAT after the stream": of(idat, makeChunk("IDAT", Buffer.alloc(300, 7)), iend),
  "a second stream after the first": withStream(stream, stream),
  "no checksum of the stream": withStream(body),
  "half a checksum of the stream": withStream(stream.subarray(0, -2)),
  "a wrong checksum of the stream": withStream(body, Buffer.from([1, 2, 3, 4])),
  "zeros for the checksum of the stream": withStream(body, Buffer.alloc(4)),
  "a stream without a last block": withStream(openBody),
  "garbage in place of the last block": withStream(openBody, Buffer.alloc(50, 0xff)),
  "a window that is smaller than the distances": withStream(
    Buffer.from([0x08, 0x1d]),
    stream.subarray(2),
  ),
  "stored blocks": makePng(PICTURE, zlib(rows, { level: 0 })),
  "blocks with fixed codes": makePng(PICTURE, zlib(rows, { strategy: constants.Z_FIXED })),
  "blocks of 127 symbols": makePng(PICTURE, zlib(rows, { memLevel: 1 })),
  "no IEND": of(idat),
  "half an IEND": of(idat, iend.subarray(0, 6)),
  "no IEND and no checksum of IDAT": of(idat.subarray(0, -4)),
  "no IEND and half a checksum of IDAT": of(idat.subarray(0, -2)),
  "zeros in place of IEND": of(idat, Buffer.alloc(64)),
  "control characters in place of IEND": of(idat, Buffer.alloc(64, 0x1b)),
  "text in place of IEND": of(idat, text),
  "a chunk that runs past the end": of(idat, makeChunk("tEXt", undefined, { length: 2 ** 31 - 1 })),
  "an IDAT that runs past the end": of(makeChunk("IDAT", stream, { length: 2 ** 32 - 1 }), iend),
  "a wrong checksum of IDAT": of(makeChunk("IDAT", stream, { crc: 1 }), iend),
  "a wrong checksum of text": of(makeChunk("tEXt", Buffer.from("a\0b"), { crc: 1 }), idat, iend),
  "a wrong checksum of IEND": of(idat, makeChunk("IEND", undefined, { crc: 0 })),
  "an IDAT for each byte": of(
    ...Array.from(stream, (byte) => makeChunk("IDAT", Buffer.of(byte))),
    iend,
  ),
  "empty IDATs everywhere": of(
    ...Array.from(stream, (byte) => [makeChunk("IDAT"), makeChunk("IDAT", Buffer.of(byte))]).flat(),
    makeChunk("IDAT"),
    iend,
  ),
  "text between IDATs": of(
    makeChunk("IDAT", stream.subarray(0, 100)),
    text,
    makeChunk("IDAT", stream.subarray(100)),
    iend,
  ),
};

const unfinished = zlib(rows.subarray(0, -1), { level: 0, finishFlush: constants.Z_SYNC_FLUSH });

/** Files that lack pixels, or whose pixels cannot be known. The error says why. */
export const DAMAGED_PNGS: Readonly<Record<string, readonly [file: Uint8Array, reason: RegExp]>> = {
  "half of its data": [of(idat.subarray(0, idat.length >> 1)), /ends early/],
  "half of its data, then IEND": [withStream(stream.subarray(0, stream.length >> 1)), /ends early/],
  "all of its data but the last byte": [withStream(unfinished), /ends early/],
  "rows that are missing from a finished stream": [
    makePng(PICTURE, zlib(rows.subarray(0, -ROW_BYTES))),
    /ends early/,
  ],
  "no IDAT": [of(iend), /no pixels/],
  "an empty IDAT": [withStream(), /ends early/],
  "a stream without its header": [withStream(stream.subarray(2)), /zlib/],
  "a stream with a preset dictionary": [withStream(Buffer.from([0x78, 0x20]), body), /zlib/],
  "a block of an unknown type": [withStream(Buffer.from([0x78, 0x01, 7])), /unknown type/],
  "a stored block of an impossible length": [
    withStream(Buffer.from([0x78, 0x01, 1, 5, 0, 5, 0]), Buffer.alloc(99)),
    /impossible length/,
  ],
  "a distance beyond the start": [
    // Fixed codes: length 3 (0000001), distance 1 (00000) as the first symbol.
    withStream(Buffer.from([0x78, 0x01, 0b00000011, 0b00000010, 0, 0, 0, 0])),
    /before its start/,
  ],
  "a filter that PNG does not have": [
    makePng(PICTURE, zlib(rows.map((byte, i) => (i === ROW_BYTES ? 5 : byte)))),
    /filter 5/,
  ],
  "a wrong checksum of IHDR": [
    (() => {
      const file = Buffer.from(SOUND_PNG);
      file[30] = (file[30] as number) ^ 1;
      return file;
    })(),
    /checksum of IHDR/,
  ],
  "a wrong checksum of PLTE": [
    makePng({ ...PICTURE, colorType: 3 }, zlib(Buffer.alloc(41 * 24)), [
      makeChunk("PLTE", Buffer.alloc(6), { crc: 1 }),
    ]),
    /checksum of PLTE/,
  ],
  "no palette": [makePng({ ...PICTURE, colorType: 3 }, zlib(Buffer.alloc(41 * 24))), /palette/],
  "a palette without a whole colour": [
    makePng({ ...PICTURE, colorType: 3 }, zlib(Buffer.alloc(41 * 24)), [
      makeChunk("PLTE", Buffer.alloc(2)),
    ]),
    /palette/,
  ],
  "a first chunk of control characters": [
    Buffer.concat([SOUND_PNG.subarray(0, 8), Buffer.alloc(64, 0x1b)]),
    /header/,
  ],
};
