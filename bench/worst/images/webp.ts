/** WebP files (RFC 9649): lossless ones that need no bit for a pixel, and many frames or chunks. */
import { defineImageMaker } from "../maker.ts";
import { encodePlain } from "./encode-plain.ts";

const MAX_BYTES = 10_485_760;
const PREDICTOR = 0;
const CROSS_COLOR = 1;
const SUBTRACT_GREEN = 2;
/** Symbols of green and lengths; red, blue, alpha; distances. */
const PREFIX_CODES = 5;

export const losslessWebp = defineImageMaker({
  name: "webp-lossless",
  ranges: {
    width: { min: 1, max: 16_383 },
    height: { min: 1, max: 16_383 },
    /** 14 for none. */
    predictor: { min: 0, max: 14 },
    /** Logarithm of the side of a block that has its own predictor. */
    blockBits: { min: 2, max: 9 },
    crossColor: { choices: [false, true] },
    subtractGreen: { choices: [false, true] },
    /** Copies of the frame in an animation; 0 for a still image. */
    frames: { min: 0, max: 200_000 },
    /** Empty chunks of unknown types. */
    chunks: { min: 0, max: 1_300_000 },
  },
  starts: [
    still(2600, 2600),
    still(3600, 3600),
    { ...still(3600, 3600), predictor: 11 },
    { ...still(3600, 3600), blockBits: 2 },
    { ...still(16_383, 790), crossColor: false, subtractGreen: false },
    { ...still(3600, 3600), frames: 10_000 },
    { ...still(64, 64), frames: 10_000 },
    { ...still(64, 64), chunks: 1_300_000 },
  ],
  make({ frames, chunks, ...params }) {
    const { width, height } = params;
    const image = chunk("VP8L", encodeFlat(params));
    const flood = Buffer.alloc(8 * chunks, chunk("abcd", Buffer.alloc(0)));
    if (frames === 0 && chunks === 0) return riff([image]);
    const size = [...uint24(width - 1), ...uint24(height - 1)];
    const canvas = chunk("VP8X", Buffer.from([frames > 0 ? 2 : 0, 0, 0, 0, ...size]));
    if (frames === 0) return riff([canvas, flood, image]);
    const start = Buffer.from([0, 0, 0, 0, 0, 0, ...size, 100, 0, 0, 0]);
    const frame = chunk("ANMF", Buffer.concat([start, image]));
    const animation = chunk("ANIM", Buffer.alloc(6));
    const count = Math.min(frames, Math.floor(MAX_BYTES / frame.length));
    return riff([canvas, flood, animation, Buffer.alloc(frame.length * count, frame)]);
  },
});

export const lossyWebp = defineImageMaker({
  name: "webp-lossy",
  ranges: {
    width: { min: 16, max: 8000 },
    height: { min: 16, max: 8000 },
    quality: { min: 1, max: 100 },
    noise: { choices: [false, true] },
    alpha: { choices: [false, true] },
  },
  starts: [
    lossy(3600, 3600),
    lossy(4900, 4900),
    { ...lossy(3600, 3600), alpha: true },
    { ...lossy(3000, 3000), quality: 80, noise: true },
  ],
  make: (params) => encodePlain("WebP", params),
});

function still(width: number, height: number) {
  const transforms = { predictor: 13, blockBits: 4, crossColor: true, subtractGreen: true };
  return { width, height, ...transforms, frames: 0, chunks: 0 };
}

function lossy(width: number, height: number) {
  return { width, height, quality: 10, noise: false, alpha: false };
}

type Lossless = {
  readonly width: number;
  readonly height: number;
  readonly predictor: number;
  readonly blockBits: number;
  readonly crossColor: boolean;
  readonly subtractGreen: boolean;
};

/** One color; every prefix code has a single symbol, which takes no bits. */
function encodeFlat(params: Lossless): Buffer {
  const bits: string[] = [];
  const write = (value: number, count: number) => {
    for (let i = 0; i < count; i++) bits.push((value >> i) & 1 ? "1" : "0");
  };
  const writeCodes = (green: number) => {
    for (let i = 0; i < PREFIX_CODES; i++) {
      const symbol = i === 0 ? green : 0;
      // A simple code, of one symbol, of 8 bits.
      write(0b101, 3);
      write(symbol, 8);
    }
  };
  write(0x2f, 8);
  write(params.width - 1, 14);
  write(params.height - 1, 14);
  // The flag for alpha, and the version.
  write(0, 4);
  if (params.predictor < 14) {
    write(1 | (PREDICTOR << 1), 3);
    write(params.blockBits - 2, 3);
    write(0, 1);
    writeCodes(params.predictor);
  }
  if (params.crossColor) {
    write(1 | (CROSS_COLOR << 1), 3);
    write(params.blockBits - 2, 3);
    write(0, 1);
    writeCodes(77);
  }
  if (params.subtractGreen) write(1 | (SUBTRACT_GREEN << 1), 3);
  // No further transform, no color cache, no meta codes.
  write(0, 3);
  writeCodes(99);
  while (bits.length % 8 > 0) bits.push("0");
  const text = bits.join("");
  return Buffer.from(
    Array.from({ length: text.length / 8 }, (_, i) =>
      Number.parseInt([...text.slice(i * 8, i * 8 + 8)].reverse().join(""), 2),
    ),
  );
}

function riff(chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from("WEBP"), ...chunks]).subarray(0, MAX_BYTES - 8);
  const head = Buffer.from("RIFF\0\0\0\0", "latin1");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function uint24(value: number): [number, number, number] {
  return [value & 255, (value >> 8) & 255, value >> 16];
}
