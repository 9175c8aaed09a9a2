/** Canonical Huffman codes of DEFLATE (RFC 1951, section 3.2.2). */

/** The longest code. */
const MAX_BITS = 15;
/** Codes of up to this length are found by one lookup. Every block rebuilds the table, so it is small. */
const ROOT_BITS = 10;
export const ROOT_MASK = (1 << ROOT_BITS) - 1;
/** The numbers of {@link ROOT_BITS} bits with their bits reversed: codes are stored from their first bit. */
const REVERSED = Uint16Array.from({ length: 1 << ROOT_BITS }, (_, value) => {
  let reversed = 0;
  for (let bit = 0; bit < ROOT_BITS; bit++) reversed |= ((value >> bit) & 1) << (9 - bit);
  return reversed;
});

export class HuffmanTable {
  /** By the next {@link ROOT_BITS} bits: symbol << 4 | length; 0 if the code is longer or undefined. */
  readonly root = new Uint16Array(1 << ROOT_BITS);
  /** How many codes there are of each length. */
  readonly #counts = new Uint16Array(MAX_BITS + 1);
  /** The next code of each length, and its index in {@link #symbols}. */
  readonly #codes = new Uint16Array(MAX_BITS + 1);
  readonly #indices = new Uint16Array(MAX_BITS + 1);
  /** The symbols that have a code, in the order of their codes. */
  readonly #symbols: Uint16Array;

  constructor(maxSymbols: number) {
    this.#symbols = new Uint16Array(maxSymbols);
  }

  /**
   * Builds the table for the symbols 0, 1, …, whose code lengths are `lengths[start]` to
   * `lengths[end - 1]`.
   *
   * @returns false if no prefix code has these lengths. As in zlib, a code may be incomplete only if it
   *   has one symbol, of one bit, or none
   */
  build(lengths: Uint8Array, start: number, end: number): boolean {
    const { root } = this;
    const counts = this.#counts;
    const codes = this.#codes;
    const indices = this.#indices;
    counts.fill(0);
    for (let i = start; i < end; i++) {
      const length = lengths[i] as number;
      counts[length] = (counts[length] as number) + 1;
    }
    const used = end - start - (counts[0] as number);
    counts[0] = 0;
    let left = 1;
    for (let length = 1; length <= MAX_BITS; length++) {
      left = left * 2 - (counts[length] as number);
      if (left < 0) return false;
      const shorter = counts[length - 1] as number;
      codes[length] = ((codes[length - 1] as number) + shorter) << 1;
      indices[length] = (indices[length - 1] as number) + shorter;
    }
    if (left > 0 && used > 0 && (used > 1 || counts[1] === 0)) return false;
    root.fill(0);
    for (let i = start; i < end; i++) {
      const length = lengths[i] as number;
      if (length === 0) continue;
      const code = codes[length] as number;
      const index = indices[length] as number;
      codes[length] = code + 1;
      indices[length] = index + 1;
      this.#symbols[index] = i - start;
      if (length > ROOT_BITS) continue;
      const entry = ((i - start) << 4) | length;
      const first = REVERSED[code << (ROOT_BITS - length)] as number;
      for (let at = first; at <= ROOT_MASK; at += 1 << length) root[at] = entry;
    }
    return true;
  }

  /**
   * Finds a code that {@link root} does not have.
   *
   * @param bits - the next bits, at least 15
   * @returns symbol << 4 | length; 0 if there is no such code
   */
  find(bits: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= (bits >> (length - 1)) & 1;
      const count = this.#counts[length] as number;
      if (code - first < count) {
        return ((this.#symbols[index + code - first] as number) << 4) | length;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }
}
