/** Huffman codes of a JPEG (ITU-T T.81, annexes C and F), and the bits of a scan. */
import { corruptImage } from "../image-errors.ts";

/** Codes of up to this many bits are looked up in one step. */
const LOOKUP_BITS = 9;

export class HuffmanTable {
  /** For each prefix of LOOKUP_BITS bits, `length << 8 | symbol`; 0 if the code is longer. */
  readonly lookup = new Uint16Array(1 << LOOKUP_BITS);
  readonly #symbols: Uint8Array;
  /** For each length, the last code; -1 if there is none. */
  readonly #lastCode = new Int32Array(17).fill(-1);
  /** For each length, what turns a code into the index of its symbol. */
  readonly #offset = new Int32Array(17);

  /**
   * @param segment - 16 counts of codes by length, then the symbols
   * @throws ImageError IMAGE_CORRUPT if there are more codes than fit, or one consists of ones alone
   */
  constructor(segment: Uint8Array) {
    this.#symbols = segment.slice(16);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= 16; length++, code <<= 1) {
      const count = segment[length - 1] as number;
      this.#offset[length] = index - code;
      for (let i = 0; i < count; i++, code++, index++) this.#fill(code, length, index);
      if (count === 0) continue;
      if (code >= 1 << length) throw corruptImage("JPEG", "it has an impossible Huffman table");
      this.#lastCode[length] = code - 1;
    }
  }

  #fill(code: number, length: number, index: number): void {
    if (length > LOOKUP_BITS) return;
    const spare = LOOKUP_BITS - length;
    const entry = (length << 8) | (this.#symbols[index] ?? 0);
    this.lookup.fill(entry, code << spare, (code + 1) << spare);
  }

  /** The symbol of a code that is longer than LOOKUP_BITS; 0 for an invalid code, as in libjpeg. */
  readLong(bits: ScanBits): number {
    let code = bits.read(LOOKUP_BITS);
    for (let length = LOOKUP_BITS; length <= 16; length++) {
      if (length > LOOKUP_BITS) code = (code << 1) | bits.read(1);
      if (code <= (this.#lastCode[length] as number))
        return this.#symbols[code + (this.#offset[length] as number)] ?? 0;
    }
    return 0;
  }
}

/** Reads the entropy-coded data of a scan bit by bit. Behind its end it gives zeros, as libjpeg does. */
export class ScanBits {
  readonly #bytes: Uint8Array;
  #at: number;
  #buffer = 0;
  #count = 0;
  /** Zero bits that were made up because the data had ended. */
  #invented = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  /** Whether more bits were read than there are. */
  get ranOut(): boolean {
    return this.#invented > this.#count;
  }

  /** The offset behind the last byte that was touched. */
  get offset(): number {
    return this.#at;
  }

  symbol(table: HuffmanTable): number {
    if (this.#count < 16) this.#refill();
    const entry = table.lookup[
      (this.#buffer >>> (this.#count - LOOKUP_BITS)) & ((1 << LOOKUP_BITS) - 1)
    ] as number;
    if (entry === 0) return table.readLong(this);
    this.#count -= entry >> 8;
    return entry & 255;
  }

  /** Reads up to 16 bits as a number. */
  read(length: number): number {
    if (this.#count < length) this.#refill();
    this.#count -= length;
    return (this.#buffer >>> this.#count) & ((1 << length) - 1);
  }

  /** Reads a signed value (T.81, F.2.2.1). */
  signed(length: number): number {
    const value = this.read(length);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /**
   * Drops the bits up to a restart marker and steps over it.
   *
   * @returns whether it is there
   */
  restart(): boolean {
    this.#count = 0;
    this.#invented = 0;
    const bytes = this.#bytes;
    while (this.#at < bytes.length) {
      if (bytes[this.#at] === 0xff) {
        const marker = bytes[this.#at + 1] as number;
        if (marker >= 0xd0 && marker <= 0xd7) {
          this.#at += 2;
          return true;
        }
        if (marker !== 0 && marker !== 0xff) return false;
      }
      this.#at++;
    }
    return false;
  }

  #refill(): void {
    const bytes = this.#bytes;
    while (this.#count <= 16) {
      let byte = bytes[this.#at];
      if (byte === 0xff) {
        let after = this.#at + 1;
        while (bytes[after] === 0xff) after++;
        if (bytes[after] === 0) this.#at = after + 1;
        else byte = undefined;
      } else if (byte !== undefined) this.#at++;
      if (byte === undefined) this.#invented += 8;
      this.#buffer = (this.#buffer << 8) | (byte ?? 0);
      this.#count += 8;
    }
  }
}
