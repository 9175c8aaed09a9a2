/** Reads bits, most significant first. Bits past the end are 0. */
export class BitReader {
  readonly #data: Uint8Array;
  /** Of the next bit. */
  position = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  get pastEnd(): boolean {
    return this.position > this.#data.byteLength * 8;
  }

  /** `f(count)` of the AV1 specification. */
  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.position++) {
      const byte = this.#data[this.position >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.position & 7))) & 1);
    }
    return value;
  }

  flag(): boolean {
    return this.read(1) === 1;
  }

  /** `uvlc()`: as many bits as zeros come before the first 1. */
  skipUvlc(): void {
    let zeros = 0;
    while (!this.flag() && !this.pastEnd) zeros++;
    if (zeros < 32) this.read(zeros);
  }
}
