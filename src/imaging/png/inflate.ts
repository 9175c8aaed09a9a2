/**
 * A streaming decoder of zlib streams (RFC 1950 and 1951).
 *
 * The platforms' DecompressionStream inflates whatever it is given into memory, and platforms disagree on
 * streams with a wrong checksum, none, or bytes after their end. Libraries do not bound the work that blocks
 * without contents make. This decoder produces what it is asked for and no more, in constant memory.
 */
import { BIT_READER_BYTES, BitReader, type ReadBytes } from "./bit-reader.ts";
import {
  DISTANCE_BASES,
  DISTANCE_BITS,
  FIXED_DISTANCES,
  FIXED_LITERALS,
  LENGTH_BASES,
  LENGTH_BITS,
} from "./deflate-tables.ts";
import { DynamicCodes, END_OF_BLOCK } from "./dynamic-codes.ts";
import { ROOT_MASK } from "./huffman-table.ts";

/** How far back a match may reach. */
const WINDOW_BYTES = 32 * 1024;
const OUTPUT_BYTES = WINDOW_BYTES + 128 * 1024;
const MAX_MATCH = 258;
/** Memory of an {@link Inflater} in bytes. */
export const INFLATER_BYTES = OUTPUT_BYTES + BIT_READER_BYTES + 16 * 1024;

/**
 * Encoders start a block at every row, or every few thousand bytes. Reading the codes of a dynamic block
 * takes as long as inflating some hundred bytes.
 */
const MIN_BLOCKS = 8192;
const BYTES_PER_BLOCK = 16;
const MIN_DYNAMIC_BLOCKS = 1024;
const BYTES_PER_DYNAMIC_BLOCK = 512;

/** Completes a sentence. */
const EARLY_END = "ends early, so pixels are missing";

type State = "header" | "block" | "stored" | "codes" | "end";

export class Inflater {
  readonly #reader: BitReader;
  /** Blocks that may still come, and how many of them may be dynamic. */
  #blocksLeft: number;
  #dynamicBlocksLeft: number;
  /** What was inflated, at least as much of it as a match may refer to. */
  readonly #output = new Uint8Array(OUTPUT_BYTES);
  #outputAt = 0;
  #outputEnd = 0;

  #state: State = "header";
  #lastBlock = false;
  #storedLeft = 0;
  readonly #dynamic = new DynamicCodes();
  #literals = FIXED_LITERALS;
  #distances = FIXED_DISTANCES;
  /** Why there is no more output; completes a sentence. */
  #failure = "";

  /**
   * @param readBytes - gives the compressed bytes
   * @param expectedBytes - how much the stream is expected to inflate to. One with too many blocks for that
   *   is taken for damaged: each block costs time, whether it has contents or not
   */
  constructor(readBytes: ReadBytes, expectedBytes: number) {
    this.#reader = new BitReader(readBytes);
    this.#blocksLeft = MIN_BLOCKS + expectedBytes / BYTES_PER_BLOCK;
    this.#dynamicBlocksLeft = MIN_DYNAMIC_BLOCKS + expectedBytes / BYTES_PER_DYNAMIC_BLOCK;
  }

  /**
   * Fills `target` with the next inflated bytes.
   *
   * @returns undefined, or why the stream does not have as many bytes. What follows the bytes that were
   *   read does not matter, nor does the checksum at the end.
   */
  read(target: Uint8Array): string | undefined {
    let filled = 0;
    for (;;) {
      const length = Math.min(target.length - filled, this.#outputEnd - this.#outputAt);
      target.set(this.#output.subarray(this.#outputAt, this.#outputAt + length), filled);
      this.#outputAt += length;
      filled += length;
      if (filled === target.length) return undefined;
      if (this.#failure) return this.#failure;
      if (this.#state === "end") return EARLY_END;
      this.#inflate();
    }
  }

  /** Produces more output, until the buffer is full or the stream ends or fails. */
  #inflate(): void {
    const kept = Math.min(WINDOW_BYTES, this.#outputEnd);
    this.#output.copyWithin(0, this.#outputEnd - kept, this.#outputEnd);
    this.#outputAt = kept;
    this.#outputEnd = kept;
    while (this.#failure === "" && this.#outputEnd <= OUTPUT_BYTES - MAX_MATCH) {
      switch (this.#state) {
        case "header":
          this.#readHeader();
          break;
        case "block":
          this.#readBlockHeader();
          break;
        case "stored":
          this.#copyStored();
          break;
        case "codes":
          this.#decodeSymbols();
          break;
        case "end":
          return;
      }
    }
  }

  #readHeader(): void {
    const header = (this.#take(8) << 8) | this.#take(8);
    if (this.#failure) return;
    const deflate = (header & 0x0f00) === 0x0800 && header >> 12 <= 7;
    if (!deflate || header % 31 !== 0 || (header & 0x20) !== 0) {
      this.#failure = "does not start like a zlib stream";
    }
    this.#state = "block";
  }

  #readBlockHeader(): void {
    if (this.#lastBlock) {
      this.#state = "end";
      return;
    }
    if (--this.#blocksLeft < 0 || this.#dynamicBlocksLeft < 0) {
      this.#failure = "consists of almost empty blocks";
      return;
    }
    this.#lastBlock = this.#take(1) === 1;
    const type = this.#take(2);
    if (this.#failure) return;
    if (type === 0) this.#readStoredHeader();
    else if (type === 1) {
      this.#literals = FIXED_LITERALS;
      this.#distances = FIXED_DISTANCES;
      this.#state = "codes";
    } else if (type === 2) {
      this.#dynamicBlocksLeft--;
      this.#readCodes();
    } else this.#failure = "has a block of an unknown type";
  }

  #readStoredHeader(): void {
    this.#take(this.#reader.bits & 7);
    const length = this.#take(16);
    const complement = this.#take(16);
    if (this.#failure) return;
    if ((length ^ complement) !== 0xffff) this.#failure = "has a block with an impossible length";
    this.#storedLeft = length;
    this.#state = "stored";
  }

  #copyStored(): void {
    const room = Math.min(this.#storedLeft, OUTPUT_BYTES - this.#outputEnd);
    const target = this.#output.subarray(this.#outputEnd, this.#outputEnd + room);
    const length = this.#reader.copyBytes(target);
    this.#outputEnd += length;
    this.#storedLeft -= length;
    if (this.#storedLeft === 0) this.#state = "block";
    else if (length === 0) this.#failure = EARLY_END;
  }

  #readCodes(): void {
    const valid = this.#dynamic.read(this.#reader);
    if (this.#reader.isPastEnd()) this.#failure = EARLY_END;
    else if (!valid) this.#failure = "has a block with impossible codes";
    this.#literals = this.#dynamic.literals;
    this.#distances = this.#dynamic.distances;
    this.#state = "codes";
  }

  /** Decodes symbols until the end of the block, or until the output is full. */
  #decodeSymbols(): void {
    const reader = this.#reader;
    const { input } = reader;
    const output = this.#output;
    const literals = this.#literals;
    const distances = this.#distances;
    const literalRoot = literals.root;
    const distanceRoot = distances.root;
    let { at: inputAt, hold, bits } = reader;
    let end = this.#outputEnd;
    let safe = reader.safeEnd;
    while (end <= OUTPUT_BYTES - MAX_MATCH) {
      const start = end;
      let nearEnd = inputAt > safe;
      if (nearEnd) {
        reader.at = inputAt;
        reader.refill();
        inputAt = reader.at;
        safe = reader.safeEnd;
        nearEnd = inputAt > safe;
      }
      if (bits < 16) {
        hold |= ((input[inputAt] as number) | ((input[inputAt + 1] as number) << 8)) << bits;
        inputAt += 2;
        bits += 16;
      }
      let entry = literalRoot[hold & ROOT_MASK] as number;
      if (entry === 0) {
        entry = literals.find(hold);
        if (entry === 0) {
          this.#failure = "has an undefined code";
          break;
        }
      }
      hold >>>= entry & 15;
      bits -= entry & 15;
      const symbol = entry >> 4;
      if (symbol < 256) {
        output[end++] = symbol;
        if (!nearEnd) continue;
      } else if (symbol === END_OF_BLOCK) {
        this.#state = "block";
      } else {
        if (symbol > 285) {
          this.#failure = "has an undefined code";
          break;
        }
        if (bits < 16) {
          hold |= ((input[inputAt] as number) | ((input[inputAt + 1] as number) << 8)) << bits;
          inputAt += 2;
          bits += 16;
        }
        let extra = LENGTH_BITS[symbol - 257] as number;
        const length = (LENGTH_BASES[symbol - 257] as number) + (hold & ((1 << extra) - 1));
        hold >>>= extra;
        bits -= extra;
        if (bits < 16) {
          hold |= ((input[inputAt] as number) | ((input[inputAt + 1] as number) << 8)) << bits;
          inputAt += 2;
          bits += 16;
        }
        entry = distanceRoot[hold & ROOT_MASK] as number;
        if (entry === 0) {
          entry = distances.find(hold);
          if (entry === 0) {
            this.#failure = "has an undefined code";
            break;
          }
        }
        hold >>>= entry & 15;
        bits -= entry & 15;
        const distanceSymbol = entry >> 4;
        if (distanceSymbol > 29) {
          this.#failure = "has an undefined code";
          break;
        }
        if (bits < 16) {
          hold |= ((input[inputAt] as number) | ((input[inputAt + 1] as number) << 8)) << bits;
          inputAt += 2;
          bits += 16;
        }
        extra = DISTANCE_BITS[distanceSymbol] as number;
        const distance = (DISTANCE_BASES[distanceSymbol] as number) + (hold & ((1 << extra) - 1));
        hold >>>= extra;
        bits -= extra;
        let from = end - distance;
        if (from < 0) {
          this.#failure = "refers to bytes before its start";
          break;
        }
        const matchEnd = end + length;
        while (end < matchEnd) output[end++] = output[from++] as number;
      }
      // Only the bytes after the end of the input are left: the symbol was made of bits that do not exist.
      if (nearEnd && inputAt * 8 - bits > reader.end * 8) {
        end = start;
        this.#failure = EARLY_END;
        break;
      }
      if (symbol === END_OF_BLOCK) break;
    }
    reader.at = inputAt;
    reader.hold = hold;
    reader.bits = bits;
    this.#outputEnd = end;
  }

  /** @param count - up to 16 */
  #take(count: number): number {
    const value = this.#reader.take(count);
    if (this.#reader.isPastEnd()) this.#failure = EARLY_END;
    return value;
  }
}
