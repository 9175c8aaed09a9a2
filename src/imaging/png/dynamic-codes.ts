import type { BitReader } from "./bit-reader.ts";
import { LENGTH_CODE_ORDER } from "./deflate-tables.ts";
import { HuffmanTable, ROOT_MASK } from "./huffman-table.ts";

export const END_OF_BLOCK = 256;
/** The number of code length codes. */
const LENGTH_CODES = 19;

/** The codes of a dynamic block of a DEFLATE stream (RFC 1951, section 3.2.7). Each block uses the same tables again. */
export class DynamicCodes {
  readonly literals = new HuffmanTable(288);
  readonly distances = new HuffmanTable(32);
  readonly #lengths = new Uint8Array(288 + 32);

  /** @returns whether the codes are possible; also false if the stream ends before them */
  read(reader: BitReader): boolean {
    const literals = reader.take(5) + 257;
    const distances = reader.take(5) + 1;
    const lengthCodes = reader.take(4) + 4;
    const lengths = this.#lengths.fill(0, 0, LENGTH_CODES);
    for (let i = 0; i < lengthCodes; i++) lengths[LENGTH_CODE_ORDER[i] as number] = reader.take(3);
    // The table of the distances is not needed until the lengths are known.
    const codes = this.distances;
    return (
      !reader.isPastEnd() &&
      literals <= 286 &&
      distances <= 30 &&
      codes.build(lengths, 0, LENGTH_CODES) &&
      this.#readLengths(reader, codes, literals + distances) &&
      lengths[END_OF_BLOCK] !== 0 &&
      this.literals.build(lengths, 0, literals) &&
      this.distances.build(lengths, literals, literals + distances)
    );
  }

  #readLengths(reader: BitReader, codes: HuffmanTable, count: number): boolean {
    const lengths = this.#lengths;
    for (let i = 0; i < count; ) {
      const entry = codes.root[reader.peek() & ROOT_MASK] as number;
      if (entry === 0) return false;
      reader.take(entry & 15);
      const symbol = entry >> 4;
      let repeat = 1;
      let length = symbol;
      if (symbol === 16) {
        if (i === 0) return false;
        length = lengths[i - 1] as number;
        repeat = reader.take(2) + 3;
      } else if (symbol > 16) {
        length = 0;
        repeat = symbol === 17 ? reader.take(3) + 3 : reader.take(7) + 11;
      }
      if (i + repeat > count || reader.isPastEnd()) return false;
      while (repeat-- > 0) lengths[i++] = length;
    }
    return true;
  }
}
