/** GIF files that no encoder writes: any canvas, any frame, any codes. */

export type GifParts = {
  readonly canvas: readonly [width: number, height: number];
  readonly frame: readonly [width: number, height: number];
  readonly interlaced?: boolean;
  /** LZW's minimum code size. */
  readonly codeSize?: number;
  readonly data: Uint8Array;
};

const TRAILER = Buffer.of(0x3b);

/** A GIF of one frame and a palette of 256 greys. */
export function makeGif({ canvas, frame, interlaced, codeSize = 8, data }: GifParts): Buffer {
  const screen = Buffer.from([...uint16(canvas[0]), ...uint16(canvas[1]), 0xf7, 0, 0]);
  const palette = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
  const place = [0, 0, 0, 0, ...uint16(frame[0]), ...uint16(frame[1])];
  const descriptor = Buffer.from([0x2c, ...place, interlaced ? 0x40 : 0, codeSize]);
  return Buffer.concat([
    Buffer.from("GIF89a"),
    screen,
    palette,
    descriptor,
    toSubBlocks(data),
    TRAILER,
  ]);
}

/** Codes of a fixed number of bits, least significant bit first. */
export function packCodes(codes: readonly number[], bits: number): Buffer {
  const packed = Buffer.alloc(Math.ceil((codes.length * bits) / 8));
  codes.forEach((code, i) => {
    for (let bit = 0; bit < bits; bit++) {
      const at = i * bits + bit;
      packed[at >> 3] = (packed[at >> 3] as number) | (((code >> bit) & 1) << (at & 7));
    }
  });
  return packed;
}

/** The codes of 9 bits of `pixels` pixels of one level, cleared before they would widen. */
export function levelCodes(pixels: number, level: number): Buffer {
  const codes: number[] = [];
  for (let i = 0; i < pixels; i++) {
    if (i % 200 === 0) codes.push(256);
    codes.push(level);
  }
  return packCodes([...codes, 257], 9);
}

function toSubBlocks(data: Uint8Array): Buffer {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const block = data.subarray(at, at + 255);
    blocks.push(Buffer.of(block.length), block);
  }
  return Buffer.concat([...blocks, Buffer.of(0)]);
}

function uint16(value: number): number[] {
  return [value & 255, value >> 8];
}
