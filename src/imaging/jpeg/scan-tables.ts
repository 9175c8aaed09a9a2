/** The tables that the scans of a JPEG use: they stand between the scans and may change on the way. */
import { corruptImage } from "../image-errors.ts";
import { HuffmanTable } from "./huffman.ts";
import { DHT, DRI } from "./jpeg-markers.ts";

/** DC tables are 0 to 3; AC tables are 16 to 19, as DHT numbers them. */
const FIRST_AC = 16;

export class ScanTables {
  /** Where the latest definition of each table starts. A table is made when a scan uses it. */
  readonly #offsets = new Map<number, number>();
  readonly #made = new Map<number, HuffmanTable>();
  readonly #bytes: Uint8Array;
  /** MCUs between two restart markers; 0 if there are none. */
  restartInterval = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Takes what a segment defines, if it is DHT or DRI. */
  define(marker: number, start: number, end: number): void {
    const bytes = this.#bytes;
    if (marker === DRI) {
      this.restartInterval = ((bytes[start] as number) << 8) | (bytes[start + 1] as number);
    } else if (marker === DHT) {
      for (let at = start; at + 17 <= end; ) {
        const id = bytes[at] as number;
        this.#offsets.set(id, at + 1);
        this.#made.delete(id);
        let symbols = 0;
        for (let i = 1; i <= 16; i++) symbols += bytes[at + i] as number;
        at += 17 + symbols;
      }
    }
  }

  dc(index: number): HuffmanTable {
    return this.#table(index);
  }

  ac(index: number): HuffmanTable {
    return this.#table(FIRST_AC + index);
  }

  #table(id: number): HuffmanTable {
    const made = this.#made.get(id);
    if (made) return made;
    const offset = this.#offsets.get(id);
    if (offset === undefined) throw corruptImage("JPEG", "a scan has no Huffman table");
    const table = new HuffmanTable(this.#bytes.subarray(offset, offset + 16 + 256));
    this.#made.set(id, table);
    return table;
  }
}
