/** A minimal GIF encoder for tests: 6x7x6 colours, no compression (codes of 9 bits, often cleared). */

type Picture = {
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
};

const CLEAR = 256;
const END = 257;
/** After so many codes a decoder would widen its codes; clearing before keeps them at 9 bits. */
const CODES_BETWEEN_CLEARS = 250;

/** Encodes RGBA as a GIF with a fixed palette. */
export function encodeGif({ width, height, data }: Picture): Uint8Array {
  const palette = Array.from({ length: 256 }, (_, i) =>
    i < 252 ? [((i / 42) | 0) * 51, (((i / 6) | 0) % 7) * 42, (i % 6) * 51] : [0, 0, 0],
  ).flat();
  const header = [...latin1("GIF89a"), ...uint16(width), ...uint16(height), 0xf7, 0, 0];
  const descriptor = [0x2c, 0, 0, 0, 0, ...uint16(width), ...uint16(height), 0];
  const body = packCodes(indicesOf(width * height, data));
  const bytes = new Uint8Array(header.length + 768 + descriptor.length + 1 + body.length + 1);
  let at = 0;
  for (const part of [header, palette, descriptor, [8], body, [0x3b]]) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function indicesOf(pixels: number, data: ArrayLike<number>): Uint8Array {
  return Uint8Array.from({ length: pixels }, (_, i) => {
    const [r, g, b] = [data[i * 4], data[i * 4 + 1], data[i * 4 + 2]] as [number, number, number];
    return Math.round(r / 51) * 42 + Math.round(g / 42.5) * 6 + Math.round(b / 51);
  });
}

/** Codes of 9 bits in sub-blocks of at most 255 bytes, the empty one included. */
function packCodes(indices: Uint8Array): Uint8Array {
  const codeCount = indices.length + Math.ceil(indices.length / CODES_BETWEEN_CLEARS) + 1;
  const packed = new Uint8Array(Math.ceil((codeCount * 9) / 8));
  let bit = 0;
  const write = (code: number) => {
    const at = bit >> 3;
    const shifted = code << (bit & 7);
    packed[at] = (packed[at] as number) | shifted;
    packed[at + 1] = (packed[at + 1] as number) | (shifted >> 8);
    bit += 9;
  };
  indices.forEach((index, i) => {
    if (i % CODES_BETWEEN_CLEARS === 0) write(CLEAR);
    write(index);
  });
  write(END);
  const blocks = new Uint8Array(packed.length + Math.ceil(packed.length / 255) + 1);
  for (let from = 0, to = 0; from < packed.length; from += 255) {
    const block = packed.subarray(from, from + 255);
    blocks[to] = block.length;
    blocks.set(block, to + 1);
    to += block.length + 1;
  }
  return blocks;
}

function latin1(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function uint16(value: number): number[] {
  return [value & 255, value >> 8];
}
