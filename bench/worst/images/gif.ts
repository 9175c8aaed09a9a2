/** GIF files whose few bytes stand for many pixels, frames or blocks. */
import { defineImageMaker } from "../maker.ts";

const MAX_BYTES = 10_485_760;
const MAX_CODES = 4096;
const MAX_CODE_BITS = 12;

export const gif = defineImageMaker({
  name: "gif",
  ranges: {
    width: { min: 1, max: 65_535 },
    height: { min: 1, max: 65_535 },
    frames: { min: 1, max: 1_000_000 },
    /** The side of each frame; 0 for the whole canvas. */
    frameSide: { min: 0, max: 65_535 },
    interlaced: { choices: [false, true] },
    /** LZW codes between two clear codes; 0 for none. Few codes mean many bytes for a pixel. */
    codesBetweenClears: { min: 0, max: 4096 },
    /** Of the sub-blocks. */
    blockBytes: { min: 1, max: 255 },
    /** Empty comments before the first frame. */
    comments: { min: 0, max: 2_600_000 },
  },
  starts: [
    whole(10_000, 10_000),
    { ...whole(10_000, 10_000), interlaced: true },
    { ...whole(10_000, 10_000), blockBytes: 1 },
    { ...whole(2000, 2000), codesBetweenClears: 1 },
    { ...whole(10_000, 10_000), codesBetweenClears: 100 },
    { ...whole(10_000, 10_000), frames: 10_000, frameSide: 1 },
    { ...whole(64, 64), frames: 10_000, frameSide: 64 },
    { ...whole(64, 64), comments: 2_600_000 },
  ],
  make({ width, height, frames, frameSide, interlaced, codesBetweenClears, blockBytes, comments }) {
    const [w, h] = frameSide === 0 ? [width, height] : [frameSide, frameSide];
    const screen = [...uint16(width), ...uint16(height), 0xf7, 0, 0];
    const descriptor = [0x2c, 0, 0, 0, 0, ...uint16(w), ...uint16(h), interlaced ? 0x40 : 0];
    const frame = Buffer.concat([
      Buffer.from([...descriptor, 8]),
      intoBlocks(encodeFlat(w * h, codesBetweenClears), blockBytes),
    ]);
    const comment = Buffer.from([0x21, 0xfe, 0]);
    const count = Math.max(1, Math.min(frames, Math.floor(MAX_BYTES / frame.length)));
    const bytes = Buffer.concat([
      Buffer.from("GIF89a"),
      Buffer.from(screen),
      Buffer.alloc(768, 90),
      Buffer.alloc(comment.length * comments, comment),
      Buffer.alloc(frame.length * count, frame),
      Buffer.from([0x3b]),
    ]);
    return bytes.subarray(0, MAX_BYTES);
  },
});

function whole(width: number, height: number) {
  const shape = { width, height, frames: 1, frameSide: 0, interlaced: false };
  return { ...shape, codesBetweenClears: 0, blockBytes: 255, comments: 0 };
}

/** LZW codes for `pixels` times index 0; each code stands for as many pixels as possible. */
function encodeFlat(pixels: number, codesBetweenClears: number): Buffer {
  const clear = 256;
  const end = 257;
  const writer = new BitWriter();
  let left = pixels;
  while (left > 0 && writer.length < MAX_BYTES) {
    writer.write(clear, 9);
    let bits = 9;
    let next = end + 1;
    for (let i = 0; left > 0 && writer.length < MAX_BYTES; i++) {
      if (codesBetweenClears > 0 && i === codesBetweenClears) break;
      // Code end + n stands for n + 1 pixels; the newest one is the one that this code defines.
      const longest = i === 0 ? 1 : Math.min(next, MAX_CODES - 1) - end + 1;
      const run = Math.min(longest, left);
      writer.write(run === 1 ? 0 : end + run - 1, bits);
      left -= run;
      if (i === 0 || next === MAX_CODES) continue;
      next++;
      if (next === 1 << bits && bits < MAX_CODE_BITS) bits++;
    }
    if (left <= 0) writer.write(end, bits);
  }
  return writer.finish();
}

/** The least significant bit first. */
class BitWriter {
  readonly #bytes = Buffer.alloc(MAX_BYTES + 8);
  #bit = 0;

  get length(): number {
    return this.#bit >> 3;
  }

  write(value: number, bits: number): void {
    const at = this.#bit >> 3;
    const shifted = value << (this.#bit & 7);
    for (let i = 0; i < 3; i++) {
      this.#bytes[at + i] = (this.#bytes[at + i] as number) | ((shifted >> (8 * i)) & 255);
    }
    this.#bit += bits;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, Math.ceil(this.#bit / 8));
  }
}

/** Sub-blocks, the empty one included. */
function intoBlocks(data: Buffer, size: number): Buffer {
  const count = Math.ceil(data.length / size);
  const blocks = Buffer.alloc(data.length + count + 1);
  for (let i = 0, to = 0; i < count; i++) {
    const block = data.subarray(i * size, (i + 1) * size);
    blocks[to] = block.length;
    blocks.set(block, to + 1);
    to += block.length + 1;
  }
  return blocks;
}

function uint16(value: number): [number, number] {
  return [value & 255, value >> 8];
}
