/** Walks the chunks of a PNG (W3C PNG, third edition, section 5). */
import { crc32 } from "./crc32.ts";

/** Where the data of a chunk is in the file. A chunk that runs past the end of the file ends there. */
export type PngChunk = { readonly at: number; readonly length: number };

export const SIGNATURE_LENGTH = 8;
/** Bytes of length and type before a chunk's data. */
export const CHUNK_HEAD_LENGTH = 8;
const CRC_LENGTH = 4;
const IEND = chunkType("IEND");

/** The four letters of a chunk's type as a number. */
export function chunkType(letters: string): number {
  return Array.from(letters).reduce((type, letter) => type * 256 + letter.charCodeAt(0), 0);
}

/**
 * Goes from chunk to chunk, up to IEND or the end of the file. Nothing is allocated for a chunk: a file
 * may have a million empty ones.
 */
export class ChunkWalk implements PngChunk {
  readonly #view: DataView;
  #next: number;
  /** As {@link chunkType} makes it. */
  type = 0;
  at = 0;
  length = 0;

  /** @param start - the offset of the first chunk to visit */
  constructor(bytes: Uint8Array, start = SIGNATURE_LENGTH) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#next = start;
  }

  /** Goes on to the next chunk; false if there is none. */
  next(): boolean {
    const view = this.#view;
    this.at = this.#next + CHUNK_HEAD_LENGTH;
    if (this.at > view.byteLength) return false;
    const length = view.getUint32(this.#next);
    this.type = view.getUint32(this.#next + 4);
    this.length = Math.min(length, view.byteLength - this.at);
    this.#next = this.at + length + CRC_LENGTH;
    return this.type !== IEND;
  }
}

/** The data of a chunk, as a view of the file. */
export function chunkData(bytes: Uint8Array, { at, length }: PngChunk): Uint8Array {
  return bytes.subarray(at, at + length);
}

/** Whether a chunk's checksum is right. */
export function isIntact(bytes: Uint8Array, { at, length }: PngChunk): boolean {
  const end = at + length;
  if (end + CRC_LENGTH > bytes.byteLength) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The checksum covers the type too.
  return crc32(bytes.subarray(at - 4, end)) === view.getUint32(end);
}
