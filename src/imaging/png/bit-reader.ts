/** Fills `target` with the next compressed bytes. Returns how many: fewer than it takes are the last ones. */
export type ReadBytes = (target: Uint8Array) => number;

const INPUT_BYTES = 32 * 1024;
/** More bytes than a length and a distance take, with the bits that are read ahead. */
const MARGIN = 16;
/** Memory of a {@link BitReader} in bytes. */
export const BIT_READER_BYTES = INPUT_BYTES + MARGIN;

/**
 * The bits of a stream, from the lowest of each byte. After its end, zeros follow.
 *
 * The fields are open because the loop over symbols keeps them in local variables.
 */
export class BitReader {
  readonly #readBytes: ReadBytes;
  /** No bytes follow those in the buffer. */
  #exhausted = false;
  readonly input = new Uint8Array(BIT_READER_BYTES);
  /** The next byte that is not in {@link hold}, and the end of the bytes. */
  at = 0;
  end = 0;
  /** Bits that were taken from the input, but not yet used; the next one is the lowest. */
  hold = 0;
  bits = 0;

  constructor(readBytes: ReadBytes) {
    this.#readBytes = readBytes;
  }

  /** Up to here, a symbol can be read without asking for more bytes. */
  get safeEnd(): number {
    return this.end - MARGIN;
  }

  /** The next bits, at least 15. */
  peek(): number {
    if (this.bits < 16) {
      if (this.at > this.safeEnd) this.refill();
      const low = this.input[this.at++] as number;
      const high = this.input[this.at++] as number;
      this.hold |= (low | (high << 8)) << this.bits;
      this.bits += 16;
    }
    return this.hold;
  }

  /** @param count - up to 16 */
  take(count: number): number {
    const value = this.peek() & ((1 << count) - 1);
    this.hold >>>= count;
    this.bits -= count;
    return value;
  }

  /** Whether the bits up to `count` from here are, in part, zeros from after the end. */
  isPastEnd(count = 0): boolean {
    return this.at * 8 - this.bits + count > this.end * 8;
  }

  /** Copies whole bytes to `target`, as many as are at hand. The bits that were taken ahead must be whole bytes. */
  copyBytes(target: Uint8Array): number {
    let count = 0;
    while (this.bits > 0 && count < target.length && !this.isPastEnd(8)) {
      target[count++] = this.hold & 255;
      this.hold >>>= 8;
      this.bits -= 8;
    }
    if (this.at >= this.end) this.refill();
    // The bits that were taken ahead may be zeros from after the end.
    const available = Math.max(0, this.end - this.at);
    const length = Math.min(target.length - count, available);
    target.set(this.input.subarray(this.at, this.at + length), count);
    this.at += length;
    return count + length;
  }

  /** Moves the rest of the input to the front and reads more after it. */
  refill(): void {
    if (this.#exhausted) return;
    const { input } = this;
    input.copyWithin(0, this.at, this.end);
    this.end -= this.at;
    this.at = 0;
    const room = input.subarray(this.end, INPUT_BYTES);
    const count = this.#readBytes(room);
    this.end += count;
    if (count < room.length) {
      this.#exhausted = true;
      input.fill(0, this.end);
    }
  }
}
