/** Walks the boxes of an ISO base media file (ISO/IEC 14496-12, section 4.2). */
import { unsupportedVariant } from "../image-errors.ts";
import { readLatin1 } from "../latin1.ts";

/** `data` is a view of the content. */
export type Box = { readonly type: string; readonly data: Uint8Array };

/** Far more than photos have in one place. A file of 10 MB could have more than a million. */
const MAX_CHILDREN = 4096;

/**
 * The boxes directly inside `parent`, up to one that runs past its end.
 *
 * @throws ImageError IMAGE_UNSUPPORTED if there are more than 4096
 */
export function* childBoxes(parent: Box): Generator<Box> {
  const { data } = parent;
  let at = 0;
  for (let count = 0; at + 8 <= data.byteLength; count++) {
    if (count === MAX_CHILDREN) throw tooMany("boxes");
    let length = uintAt(data, at, 4);
    let header = 8;
    const type = readLatin1(data, at + 4, at + 8);
    if (length === 1) {
      // A 64-bit length. Files are far smaller than 4 GB here, so the upper half must be 0.
      if (at + 16 > data.byteLength || uintAt(data, at + 8, 4) !== 0) return;
      length = uintAt(data, at + 12, 4);
      header = 16;
    } else if (length === 0) {
      length = data.byteLength - at;
    }
    if (length < header || at + length > data.byteLength) return;
    yield { type, data: data.subarray(at + header, at + length) };
    at += length;
  }
}

/** The first box of a type directly inside `parent`. */
export function findBox(parent: Box, type: string): Box | undefined {
  for (const box of childBoxes(parent)) if (box.type === type) return box;
  return undefined;
}

/** The box at the end of a path of types below `parent`. */
export function findPath(parent: Box, ...types: readonly string[]): Box | undefined {
  let box: Box | undefined = parent;
  for (const type of types) box = box && findBox(box, type);
  return box;
}

/** Big-endian unsigned integer of `size` bytes; bytes past the end count as 0. */
export function uintAt(data: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (data[at + i] ?? 0);
  return value;
}

/** @param things - what there are too many of */
export function tooMany(things: string) {
  return unsupportedVariant("AVIF", `has far more ${things} than a photo needs`);
}
