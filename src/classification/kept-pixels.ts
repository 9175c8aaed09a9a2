import type { MemoryAccount, MemoryHold } from "../concurrency/memory-ledger.ts";
import type { RgbImage } from "../imaging/rgb-image.ts";

/**
 * What is kept while the next model of an ensemble waits for its turn must be small beside the memory of an
 * isolate, because many requests may wait. A large photo that was reduced for 224 px is below it; so are most
 * photos that take long to decode.
 */
const MAX_KEPT_BYTES = 1_000_000;

/** The pixels of one photo, kept from one model of an ensemble to the next so that it is decoded once. */
export class KeptPixels {
  readonly #memory: MemoryAccount;
  #kept: { readonly image: RgbImage; readonly minShorterSide: number } | undefined;
  #hold: MemoryHold | undefined;
  #isClosed = false;

  constructor(memory: MemoryAccount) {
    this.#memory = memory;
  }

  /** Returns the pixels if they were decoded for the same size: others would differ slightly. */
  find(minShorterSide: number): RgbImage | undefined {
    return this.#kept?.minShorterSide === minShorterSide ? this.#kept.image : undefined;
  }

  /** Keeps pixels, unless they are large or memory is short. */
  keep(image: RgbImage, minShorterSide: number): void {
    this.#drop();
    // A view would keep the whole memory of a decoder.
    const { byteLength } = image.data.buffer;
    if (this.#isClosed || byteLength > MAX_KEPT_BYTES) return;
    try {
      this.#hold = this.#memory.reserve(byteLength, "work");
    } catch {
      return;
    }
    this.#kept = { image, minShorterSide };
  }

  /** Lets go of the pixels. Nothing is kept from then on. */
  close(): void {
    this.#isClosed = true;
    this.#drop();
  }

  #drop(): void {
    this.#hold?.release();
    this.#kept = undefined;
  }
}
