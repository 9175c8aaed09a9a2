/** The bits of a VP8L picture and its prefix codes (RFC 9649, section 3.7.2). */
import { corruptImage } from "../image-errors.ts";
import type { ByteRange } from "./webp-frame.ts";

const LOOKUP_BITS = 8;
const MAX_LENGTH = 15;
/** The order in which the lengths of the code of code lengths are stored. */
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** Reads bits, the lowest of each byte first. */
export class Vp8lBits {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  #buffer = 0;
  #count = 0;

  constructor(bytes: Uint8Array, { start, end }: ByteRange) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Reads up to 16 bits. */
  read(count: number): number {
    this.#require(count);
    const value = this.#buffer & ((1 << count) - 1);
    this.#drop(count);
    return value;
  }

  symbol(code: PrefixCode): number {
    if (code.only >= 0) return code.only;
    this.#fill();
    const entry = code.lookup[this.#buffer & ((1 << LOOKUP_BITS) - 1)] as number;
    if (entry === 0) return code.readLong(this);
    this.#require(entry & 15);
    this.#drop(entry & 15);
    return entry >> 4;
  }

  /** Reads a length or a distance from its symbol. */
  extended(symbol: number): number {
    if (symbol < 4) return symbol + 1;
    const extra = (symbol - 2) >> 1;
    const high = Math.max(0, extra - 8);
    const low = this.read(extra - high);
    return ((2 + (symbol & 1)) << extra) + low + (this.read(high) << (extra - high)) + 1;
  }

  #fill(): void {
    while (this.#count <= 16 && this.#at < this.#end) {
      this.#buffer |= (this.#bytes[this.#at++] as number) << this.#count;
      this.#count += 8;
    }
  }

  #require(count: number): void {
    if (this.#count < count) this.#fill();
    if (this.#count < count) throw corruptImage("WebP", "its compressed data end early");
  }

  #drop(count: number): void {
    this.#buffer >>>= count;
    this.#count -= count;
  }
}

/** A prefix code. The code of a single symbol takes no bits. */
export class PrefixCode {
  /** The single symbol; -1 if there are several. */
  readonly only: number;
  /** For each value of the next LOOKUP_BITS bits, `symbol << 4 | length`; 0 if the code is longer. */
  readonly lookup: Uint16Array;
  readonly #counts = new Uint16Array(MAX_LENGTH + 1);
  readonly #symbols: Uint16Array;

  /** @param lengths - of the codes, by symbol; 0 for a symbol that does not occur */
  constructor(lengths: Uint8Array) {
    for (const length of lengths) if (length > 0) (this.#counts[length] as number)++;
    const starts = new Uint16Array(MAX_LENGTH + 2);
    for (let length = 1; length <= MAX_LENGTH; length++)
      starts[length + 1] = (starts[length] as number) + (this.#counts[length] as number);
    const total = starts[MAX_LENGTH + 1] as number;
    this.#symbols = new Uint16Array(total);
    lengths.forEach((length, symbol) => {
      if (length > 0) this.#symbols[(starts[length] as number)++] = symbol;
    });
    if (total === 0) throw impossibleCode();
    this.only = total === 1 ? (this.#symbols[0] as number) : -1;
    this.lookup = new Uint16Array(total === 1 ? 0 : 1 << LOOKUP_BITS);
    if (total > 1) this.#fillLookup();
  }

  #fillLookup(): void {
    let code = 0;
    let index = 0;
    for (let length = 1; length <= MAX_LENGTH; length++, code <<= 1) {
      for (let i = this.#counts[length] as number; i > 0; i--, code++, index++) {
        if (length > LOOKUP_BITS) continue;
        const entry = ((this.#symbols[index] as number) << 4) | length;
        for (let at = reverse(code, length); at < this.lookup.length; at += 1 << length)
          this.lookup[at] = entry;
      }
      // Every bit pattern has to be a code: libwebp refuses others.
      if (code > 1 << length) throw impossibleCode();
    }
    if (code !== 1 << (MAX_LENGTH + 1)) throw impossibleCode();
  }

  readLong(bits: Vp8lBits): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_LENGTH; length++) {
      code = (code << 1) | bits.read(1);
      const count = this.#counts[length] as number;
      if (code - first < count) return this.#symbols[index + code - first] as number;
      index += count;
      first = (first + count) << 1;
    }
    throw impossibleCode();
  }
}

/** @param symbols - how many there are in the alphabet */
export function readPrefixCode(bits: Vp8lBits, symbols: number): PrefixCode {
  const lengths = new Uint8Array(Math.max(symbols, 256));
  if (bits.read(1) === 1) {
    const several = bits.read(1) === 1;
    lengths[bits.read(bits.read(1) === 1 ? 8 : 1)] = 1;
    if (several) lengths[bits.read(8)] = 1;
    return new PrefixCode(lengths);
  }
  const ofLengths = new Uint8Array(LENGTH_ORDER.length);
  for (let i = 0, count = bits.read(4) + 4; i < count; i++)
    ofLengths[LENGTH_ORDER[i] ?? 0] = bits.read(3);
  const code = new PrefixCode(ofLengths);
  let left = bits.read(1) === 1 ? 2 + bits.read(2 + 2 * bits.read(3)) : symbols;
  let previous = 8;
  for (let symbol = 0; symbol < symbols && left > 0; left--) {
    const length = bits.symbol(code);
    if (length < 16) {
      lengths[symbol++] = length;
      if (length > 0) previous = length;
      continue;
    }
    const repeat = length === 18 ? 11 + bits.read(7) : 3 + bits.read(length === 16 ? 2 : 3);
    if (symbol + repeat > symbols) throw impossibleCode();
    if (length === 16) lengths.fill(previous, symbol, symbol + repeat);
    symbol += repeat;
  }
  return new PrefixCode(lengths);
}

function reverse(code: number, length: number): number {
  let reversed = 0;
  for (let i = 0; i < length; i++) reversed |= ((code >> i) & 1) << (length - 1 - i);
  return reversed;
}

function impossibleCode() {
  return corruptImage("WebP", "it has an impossible prefix code");
}
