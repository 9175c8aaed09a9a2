/** Repeatable random choices: the same key gives the same sequence on every machine. */
export class Random {
  #state: number;

  constructor(key: string) {
    let state = 0x811c9dc5; // FNV-1a
    for (let i = 0; i < key.length; i++) state = Math.imul(state ^ key.charCodeAt(i), 0x01000193);
    this.#state = state || 1;
    // Similar keys give similar states, so the first numbers are dropped.
    for (let i = 0; i < 16; i++) this.#next();
  }

  /** An integer from 0 to `end` - 1; 0 if `end` is 0. */
  below(end: number): number {
    return Math.floor((this.#next() / 2 ** 32) * end);
  }

  /** An integer from `first` to `last`. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** True in `percent` of 100 cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(list: readonly [T, ...T[]]): T;
  pick<T>(list: readonly T[]): T | undefined;
  pick<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** Marsaglia's xorshift of 32 bits. */
  #next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}
