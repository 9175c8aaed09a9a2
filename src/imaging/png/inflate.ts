/**
 * A streaming decoder of zlib streams (RFC 1950 and 1951).
 *
 * The platforms' DecompressionStream inflates whatever it is given into memory, and platforms disagree on
 * streams with a wrong checksum, none, or bytes after their end. Libraries do not bound the work that blocks
 * without contents make. This decoder produces what it is asked for and no more, in constant memory.
 */
import { HuffmanTable, ROOT_MASK } from "./huffman-table.ts";

/** Fills `target` with the next compressed bytes. Returns how many, 0 at the end of the data. */
export type ReadBytes = (target: Uint8Array) => number;

/** How far back a match may reach. */
const WINDOW_BYTES = 32 * 1024;
const OUTPUT_BYTES = WINDOW_BYTES + 128 * 1024;
const INPUT_BYTES = 32 * 1024;
const MAX_MATCH = 258;
/** More bytes than a length and a distance take, with the bytes that are read ahead. */
const INPUT_MARGIN = 16;
/** Memory of an {@link Inflater} in bytes. */
export const INFLATER_BYTES = OUTPUT_BYTES + INPUT_BYTES + 16 * 1024;

/**
 * Encoders start a block at every row, or every few thousand bytes. The codes of a block of its own take as
 * long as some hundred bytes.
 */
const MIN_BLOCKS = 8192;
const BYTES_PER_BLOCK = 16;
const MIN_DYNAMIC_BLOCKS = 1024;
const BYTES_PER_DYNAMIC_BLOCK = 512;

const END_OF_BLOCK = 256;
/** Bases and extra bits of match lengths (symbols 257 to 285) and distances (RFC 1951, section 3.2.5). */
const LENGTH_BASES = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27],
  ...[31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
);
const LENGTH_BITS = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2],
  ...[2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
const DISTANCE_BITS = Uint8Array.from({ length: 30 }, (_, i) => Math.max(0, (i >> 1) - 1));
const DISTANCE_BASES = Uint16Array.from({ length: 30 }, (_, i) =>
  i < 2 ? i + 1 : ((2 + (i & 1)) << (DISTANCE_BITS[i] as number)) + 1,
);
/** The order in which a block gives the lengths of the codes for code lengths (RFC 1951, section 3.2.7). */
const LENGTH_CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** RFC 1951, section 3.2.6. */
const FIXED_LITERALS = new HuffmanTable(288);
FIXED_LITERALS.build(
  Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  0,
  288,
);
const FIXED_DISTANCES = new HuffmanTable(32);
FIXED_DISTANCES.build(new Uint8Array(32).fill(5), 0, 32);

type State = "header" | "block" | "stored" | "codes" | "end";

export class Inflater {
  readonly #readBytes: ReadBytes;
  /** Blocks that may still come, and how many of them may have codes of their own. */
  #blocksLeft: number;
  #dynamicBlocksLeft: number;
  readonly #input = new Uint8Array(INPUT_BYTES + INPUT_MARGIN);
  #inputAt = 0;
  #inputEnd = 0;
  /** No compressed bytes follow those in the buffer. */
  #exhausted = false;
  /** Bits that were taken from the input, but not yet used; the next one is the lowest. */
  #hold = 0;
  #bits = 0;

  /** What was inflated, at least as much of it as a match may refer to. */
  readonly #output = new Uint8Array(OUTPUT_BYTES);
  #outputAt = 0;
  #outputEnd = 0;

  #state: State = "header";
  #lastBlock = false;
  #storedLeft = 0;
  readonly #lengths = new Uint8Array(288 + 32);
  readonly #dynamicLiterals = new HuffmanTable(288);
  readonly #dynamicDistances = new HuffmanTable(32);
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
    this.#readBytes = readBytes;
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
      if (this.#state === "end") return "ends early, so pixels are missing";
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
    this.#take(this.#bits & 7);
    const length = this.#take(16);
    const complement = this.#take(16);
    if (this.#failure) return;
    if ((length ^ complement) !== 0xffff) this.#failure = "has a block with an impossible length";
    this.#storedLeft = length;
    this.#state = "stored";
  }

  #copyStored(): void {
    // Whole bytes that were taken ahead come first.
    while (this.#bits > 0 && this.#storedLeft > 0 && !this.#isPastEnd(8)) {
      this.#output[this.#outputEnd++] = this.#hold & 255;
      this.#hold >>>= 8;
      this.#bits -= 8;
      this.#storedLeft--;
    }
    const room = OUTPUT_BYTES - this.#outputEnd;
    if (this.#inputAt >= this.#inputEnd) this.#refill();
    // The bits that were taken ahead may be zeros from after the end.
    const available = Math.max(0, this.#inputEnd - this.#inputAt);
    const length = Math.min(this.#storedLeft, room, available);
    const bytes = this.#input.subarray(this.#inputAt, this.#inputAt + length);
    this.#output.set(bytes, this.#outputEnd);
    this.#inputAt += length;
    this.#outputEnd += length;
    this.#storedLeft -= length;
    if (this.#storedLeft === 0) this.#state = "block";
    else if (length === 0 && room > 0) this.#failure = "ends early, so pixels are missing";
  }

  #readCodes(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const lengthCodes = this.#take(4) + 4;
    const lengths = this.#lengths.fill(0, 0, 19);
    for (let i = 0; i < lengthCodes; i++) lengths[LENGTH_CODE_ORDER[i] as number] = this.#take(3);
    if (this.#failure) return;
    const codes = this.#dynamicDistances;
    const valid =
      literals <= 286 &&
      distances <= 30 &&
      codes.build(lengths, 0, 19) &&
      this.#readCodeLengths(codes, literals + distances) &&
      this.#lengths[END_OF_BLOCK] !== 0 &&
      this.#dynamicLiterals.build(lengths, 0, literals) &&
      this.#dynamicDistances.build(lengths, literals, literals + distances);
    if (this.#failure) return;
    if (!valid) this.#failure = "has a block with impossible codes";
    this.#literals = this.#dynamicLiterals;
    this.#distances = this.#dynamicDistances;
    this.#state = "codes";
  }

  #readCodeLengths(codes: HuffmanTable, count: number): boolean {
    const lengths = this.#lengths;
    for (let i = 0; i < count; ) {
      const entry = codes.root[this.#peek() & ROOT_MASK] as number;
      if (entry === 0) return false;
      this.#take(entry & 15);
      const symbol = entry >> 4;
      let repeat = 1;
      let length = symbol;
      if (symbol === 16) {
        if (i === 0) return false;
        length = lengths[i - 1] as number;
        repeat = this.#take(2) + 3;
      } else if (symbol > 16) {
        length = 0;
        repeat = symbol === 17 ? this.#take(3) + 3 : this.#take(7) + 11;
      }
      if (i + repeat > count || this.#failure) return false;
      while (repeat-- > 0) lengths[i++] = length;
    }
    return true;
  }

  /** Decodes symbols until the end of the block, or until the output is full. */
  #decodeSymbols(): void {
    const input = this.#input;
    const output = this.#output;
    const literals = this.#literals;
    const distances = this.#distances;
    const literalRoot = literals.root;
    const distanceRoot = distances.root;
    let inputAt = this.#inputAt;
    let hold = this.#hold;
    let bits = this.#bits;
    let end = this.#outputEnd;
    let safe = this.#inputEnd - INPUT_MARGIN;
    while (end <= OUTPUT_BYTES - MAX_MATCH) {
      const start = end;
      let nearEnd = inputAt > safe;
      if (nearEnd) {
        this.#inputAt = inputAt;
        this.#refill();
        inputAt = this.#inputAt;
        safe = this.#inputEnd - INPUT_MARGIN;
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
      if (nearEnd && inputAt * 8 - bits > this.#inputEnd * 8) {
        end = start;
        this.#failure = "ends early, so pixels are missing";
        break;
      }
      if (symbol === END_OF_BLOCK) break;
    }
    this.#inputAt = inputAt;
    this.#hold = hold;
    this.#bits = bits;
    this.#outputEnd = end;
  }

  /** The next bits, at least 15. After the end of the input, zeros follow. */
  #peek(): number {
    if (this.#bits < 16) {
      if (this.#inputAt > this.#inputEnd - INPUT_MARGIN) this.#refill();
      const low = this.#input[this.#inputAt++] as number;
      const high = this.#input[this.#inputAt++] as number;
      this.#hold |= (low | (high << 8)) << this.#bits;
      this.#bits += 16;
    }
    return this.#hold;
  }

  /** @param count - up to 16 */
  #take(count: number): number {
    const value = this.#peek() & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#bits -= count;
    if (this.#isPastEnd(0)) this.#failure = "ends early, so pixels are missing";
    return value;
  }

  /** Whether the next `count` bits are, in part, zeros that follow the input. */
  #isPastEnd(count: number): boolean {
    return this.#inputAt * 8 - this.#bits + count > this.#inputEnd * 8;
  }

  /** Moves the rest of the input to the front and reads more after it. Zeros follow the last byte. */
  #refill(): void {
    if (this.#exhausted) return;
    const input = this.#input;
    input.copyWithin(0, this.#inputAt, this.#inputEnd);
    this.#inputEnd -= this.#inputAt;
    this.#inputAt = 0;
    const room = input.subarray(this.#inputEnd, INPUT_BYTES);
    const count = this.#readBytes(room);
    this.#inputEnd += count;
    if (count < room.length) {
      this.#exhausted = true;
      input.fill(0, this.#inputEnd);
    }
  }
}
