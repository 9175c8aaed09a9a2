/** Reading and writing the numbers and names of file formats. */

export const EMPTY: Uint8Array = new Uint8Array(0);

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.subarray(at, at + length)).toString("latin1");
}

/** Big-endian; bytes past the end count as 0. */
export function readBE(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** Little-endian; bytes past the end count as 0. */
export function readLE(bytes: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}

/** Big-endian; what does not fit is cut off. */
export function bigEndian(value: number, size: number): Uint8Array {
  return littleEndian(value, size).reverse();
}

/** Little-endian; what does not fit is cut off. */
export function littleEndian(value: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** i) % 256);
}

/** A copy with `piece` written over the bytes at `at`, or as near to that as there are bytes. */
export function overwrite(bytes: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const from = Math.min(Math.max(0, at), copy.length);
  copy.set(piece.subarray(0, copy.length - from), from);
  return copy;
}

/** A copy with `piece` instead of the `length` bytes at `at`. */
export function splice(
  bytes: Uint8Array,
  at: number,
  length: number,
  piece: Uint8Array = EMPTY,
): Uint8Array {
  return concat([bytes.subarray(0, at), piece, bytes.subarray(at + length)]);
}
