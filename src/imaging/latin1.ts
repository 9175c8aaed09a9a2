/** The bytes from `start` to before `end` as Latin-1 text, one character a byte. */
export function readLatin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

/** Whether the bytes at `offset` are these characters. */
export function hasLatin1(bytes: Uint8Array, text: string, offset = 0): boolean {
  return readLatin1(bytes, offset, offset + text.length) === text;
}
