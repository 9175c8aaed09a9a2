import type { MemoryHold } from "../concurrency/memory-ledger.ts";

/** Reserves memory for bytes that are about to be allocated; throws if there is none. */
export type ReserveBytes = (bytes: number) => MemoryHold;

/** A stream has more bytes than allowed. */
export class StreamTooLongError extends Error {}

export type GrowingBufferOptions = {
  readonly maxBytes: number;
  /** How many bytes are expected: then the buffer has that size at once. */
  readonly expectedBytes?: number | undefined;
  readonly reserve: ReserveBytes | ((bytes: number) => Promise<MemoryHold>);
};

const FIRST_BYTES = 64 * 1024;

/**
 * Collects a stream in one buffer. A list of its chunks would be held twice at the end, and could have millions
 * of entries if the sender wants it.
 */
export class GrowingBuffer {
  readonly #options: GrowingBufferOptions;
  #buffer = new Uint8Array();
  #hold: MemoryHold | undefined;
  #length = 0;

  constructor(options: GrowingBufferOptions) {
    this.#options = options;
  }

  /** @throws StreamTooLongError; whatever `reserve` throws */
  async add(chunk: Uint8Array): Promise<void> {
    const { maxBytes, expectedBytes = FIRST_BYTES } = this.#options;
    const end = this.#length + chunk.byteLength;
    if (end > maxBytes) throw new StreamTooLongError(`More than ${maxBytes} bytes.`);
    if (end > this.#buffer.byteLength) {
      const doubled = Math.min(2 * this.#buffer.byteLength, maxBytes);
      await this.#resize(Math.max(end, this.#length === 0 ? expectedBytes : doubled));
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = end;
  }

  /** The bytes so far, as a view of the buffer. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }

  async #resize(bytes: number): Promise<void> {
    const hold = await this.#options.reserve(bytes);
    const larger = new Uint8Array(bytes);
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
    this.#hold?.release();
    this.#hold = hold;
  }
}
