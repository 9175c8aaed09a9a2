/** Makes a still WebP of the first frame of an animated one (RFC 9649, section 2.7.1.1). */
import { corruptImage } from "../image-errors.ts";
import { readRiffChunks } from "./riff-chunks.ts";
import { ANMF_HEADER_LENGTH, WEBP_CHUNKS_OFFSET } from "./webp-header.ts";

/** A frame as a complete file, and its position on the canvas. */
export type WebpFrame = {
  readonly file: Uint8Array;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

const ALPHA_FLAG = 0x10;

/** @throws ImageError IMAGE_CORRUPT if the first frame is incomplete */
export function extractFirstFrame(bytes: Uint8Array): WebpFrame {
  for (const { type, data } of readRiffChunks(bytes, WEBP_CHUNKS_OFFSET)) {
    if (type !== "ANMF" || data.byteLength < ANMF_HEADER_LENGTH) continue;
    const width = uint24(data, 6) + 1;
    const height = uint24(data, 9) + 1;
    return {
      file: wrap(data.subarray(ANMF_HEADER_LENGTH), width, height),
      left: uint24(data, 0) * 2,
      top: uint24(data, 3) * 2,
      width,
      height,
    };
  }
  throw corruptImage("WebP", "its first frame is incomplete");
}

function wrap(chunks: Uint8Array, width: number, height: number): Uint8Array {
  const start = WEBP_CHUNKS_OFFSET;
  const file = new Uint8Array(start + 18 + chunks.byteLength);
  const view = new DataView(file.buffer);
  file.set(latin1("RIFF"));
  view.setUint32(4, file.byteLength - 8, true);
  file.set(latin1("WEBPVP8X"), 8);
  view.setUint32(start + 4, 10, true);
  file[start + 8] = ALPHA_FLAG;
  setUint24(file, start + 12, width - 1);
  setUint24(file, start + 15, height - 1);
  file.set(chunks, start + 18);
  return file;
}

function latin1(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}

function uint24(data: Uint8Array, at: number): number {
  return (data[at] as number) | ((data[at + 1] as number) << 8) | ((data[at + 2] as number) << 16);
}

function setUint24(data: Uint8Array, at: number, value: number): void {
  data[at] = value;
  data[at + 1] = value >> 8;
  data[at + 2] = value >> 16;
}
