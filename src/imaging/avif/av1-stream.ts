/** Walks the open bitstream units (OBUs) of an AV1 image item (AV1 bitstream specification, section 5.3). */
import { corruptImage } from "../image-errors.ts";
import { readSequenceHeader, type SequenceHeader } from "./av1-sequence-header.ts";
import { tooMany } from "./bmff-boxes.ts";

const SEQUENCE_HEADER = 1;
const FRAME_HEADER = 3;
const FRAME = 6;

/** An item has one frame of at most 4096 tiles, or a few layers. */
const MAX_UNITS = 4200;
/** Level 7 and what is above it. The decoder knows none of them, only "no level". */
const FIRST_UNKNOWN_LEVEL = 20;
const NO_LEVEL = 31;

export type Av1Stream = {
  readonly sequence: SequenceHeader;
  /** Frames that the decoder works on, shown or not. */
  readonly frames: number;
};

/**
 * Reads what the decoder is going to meet. The size in the sequence header bounds every frame: a frame
 * header may only choose a smaller one.
 *
 * @throws ImageError IMAGE_CORRUPT, IMAGE_UNSUPPORTED
 */
export function readAv1Stream(data: Uint8Array): Av1Stream {
  let sequence: SequenceHeader | undefined;
  let frames = 0;
  for (const { type, payload } of walkUnits(data)) {
    if (type === FRAME || type === FRAME_HEADER) frames++;
    if (type !== SEQUENCE_HEADER) continue;
    const next = readSequenceHeader(payload);
    if (!next) throw corruptImage("AVIF", "a sequence header is incomplete");
    if (sequence && !hasSameForm(sequence, next)) {
      throw corruptImage("AVIF", "the size or the form of its pixels changes in the middle");
    }
    sequence ??= next;
  }
  if (!sequence) throw corruptImage("AVIF", "its data has no sequence header, or ends early");
  return { sequence, frames };
}

/** Whether two images have samples of the same kind in the same number. */
export function hasSameForm(a: SequenceHeader, b: SequenceHeader): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.depth === b.depth &&
    a.monochrome === b.monochrome &&
    a.subsampledX === b.subsampledX &&
    a.subsampledY === b.subsampledY
  );
}

/**
 * Replaces levels that the decoder refuses, whatever the picture is like: encoders write level 7 for very
 * long or wide pictures. Nothing else depends on the level.
 *
 * @param data - is changed
 */
export function clearUnknownLevels(data: Uint8Array): void {
  for (const { type, payload } of walkUnits(data)) {
    if (type !== SEQUENCE_HEADER) continue;
    for (const { level, bit } of readSequenceHeader(payload)?.levels ?? []) {
      if (level >= FIRST_UNKNOWN_LEVEL) writeBits(payload, bit, 5, NO_LEVEL);
    }
  }
}

function writeBits(data: Uint8Array, at: number, count: number, value: number): void {
  for (let i = 0; i < count; i++) {
    const mask = 0x80 >> ((at + i) & 7);
    const byte = data[(at + i) >> 3] as number;
    data[(at + i) >> 3] = (value >> (count - 1 - i)) & 1 ? byte | mask : byte & ~mask;
  }
}

function* walkUnits(data: Uint8Array): Generator<{ type: number; payload: Uint8Array }> {
  let at = 0;
  for (let count = 0; at < data.byteLength; count++) {
    if (count === MAX_UNITS) throw tooMany("parts in its AV1 data");
    const head = data[at] as number;
    at += head & 4 ? 2 : 1; // With an extension.
    let size = Math.max(data.byteLength - at, 0);
    if (head & 2) [size, at] = readLeb128(data, at);
    if (at + size > data.byteLength) throw corruptImage("AVIF", "its AV1 data ends early");
    yield { type: (head >> 3) & 15, payload: data.subarray(at, at + size) };
    at += size;
  }
}

/** Returns the value and the position after it (section 4.10.5). */
function readLeb128(data: Uint8Array, start: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = data[start + i] ?? 0;
    value += (byte & 0x7f) * 128 ** i;
    if ((byte & 0x80) === 0) return [value, start + i + 1];
  }
  return [value, start + 8];
}
