/** GIF's variant of LZW (GIF89a specification, appendix F). */
const MAX_CODES = 4096;
/** Clear codes beyond one for each pixel. */
const SPARE_CLEARS = 4096;

/**
 * Decodes a chain of data sub-blocks into rows of palette indices. Stops when all rows are full.
 *
 * @param offset - of the minimum code size in `bytes`
 * @param onRow - called for each row, in the order of the file; `indices` is reused
 * @returns undefined, or why a row is missing: a code is impossible or the data ends early
 */
export function decodeGifLzw(
  bytes: Uint8Array,
  offset: number,
  width: number,
  height: number,
  onRow: (row: number, indices: Uint8Array) => void,
): string | undefined {
  const minCodeSize = bytes[offset] ?? 0;
  if (minCodeSize < 1 || minCodeSize > 11) {
    return `its code size is ${minCodeSize}, which is not allowed`;
  }
  const clear = 1 << minCodeSize;
  const codes = new CodeReader(bytes, offset + 1);
  const prefixes = new Uint16Array(MAX_CODES);
  const suffixes = new Uint8Array(MAX_CODES).map((_, code) => code & (clear - 1));
  const reversed = new Uint8Array(MAX_CODES + 1);
  const indices = new Uint8Array(width);
  let column = 0;
  let row = 0;
  let next = clear + 2;
  let size = minCodeSize + 1;
  let previous = -1;
  let firstOfPrevious = 0;
  let clearsLeft = width * height + SPARE_CLEARS;
  while (row < height) {
    const code = codes.read(size);
    if (code === clear) {
      // Clear codes give no pixels: without a limit, a file could make work and nothing else.
      if (clearsLeft-- === 0) return "its compressed data consists of clear codes";
      next = clear + 2;
      size = minCodeSize + 1;
      previous = -1;
      continue;
    }
    if (code < 0 || code === clear + 1) {
      return "it ends early, so pixels are missing";
    }
    if (code > next || (code === next && previous < 0) || (previous < 0 && code > clear)) {
      return "its compressed data uses a code before defining it";
    }
    let length = 0;
    let walk = code;
    if (code === next) {
      // The string that is being defined right now: the previous one and its own first index.
      reversed[length++] = firstOfPrevious;
      walk = previous;
    }
    while (walk > clear) {
      reversed[length++] = suffixes[walk] as number;
      walk = prefixes[walk] as number;
    }
    reversed[length++] = walk;
    firstOfPrevious = walk;
    if (previous >= 0 && next < MAX_CODES) {
      prefixes[next] = previous;
      suffixes[next] = firstOfPrevious;
      next++;
      if (next === 1 << size && size < 12) size++;
    }
    previous = code;
    while (length > 0 && row < height) {
      indices[column++] = reversed[--length] as number;
      if (column === width) {
        onRow(row++, indices);
        column = 0;
      }
    }
  }
  return undefined;
}

/** Reads codes of varying size, least significant bit first, across sub-blocks. */
class CodeReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #blockEnd: number;
  #bits = 0;
  #bitCount = 0;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#at = offset;
    this.#blockEnd = offset;
  }

  /** The next code; -1 at the end of the data. */
  read(size: number): number {
    while (this.#bitCount < size) {
      const byte = this.#nextByte();
      if (byte < 0) return -1;
      this.#bits |= byte << this.#bitCount;
      this.#bitCount += 8;
    }
    const code = this.#bits & ((1 << size) - 1);
    this.#bits >>>= size;
    this.#bitCount -= size;
    return code;
  }

  #nextByte(): number {
    if (this.#at === this.#blockEnd) {
      const length = this.#bytes[this.#at] ?? 0;
      if (length === 0) return -1;
      this.#at++;
      this.#blockEnd = this.#at + length;
    }
    return this.#bytes[this.#at++] ?? -1;
  }
}
