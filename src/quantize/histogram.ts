/** The number of bins on each side of zero: 32 for each of the 256 levels of a one-sided range. */
const BINS = 8192;

export type HistogramBins = {
  readonly min: number;
  readonly max: number;
  /** The number of values that are exactly 0, such as those clipped by a ReLU. They are not in any bin. */
  readonly zeros: number;
  readonly binWidth: number;
  /** `counts[i]` is the count from `(first + i) * binWidth` up to the next bin. */
  readonly counts: Float64Array;
  /** The number of the first bin; negative if there are negative values. */
  readonly first: number;
};

/**
 * A histogram of activations of any size. All bins have the same width, a power of two. If a value does not
 * fit, the width is doubled and bins are merged in pairs, so every count stays in the correct bin.
 */
export class Histogram {
  readonly #positive = new Float64Array(BINS);
  readonly #negative = new Float64Array(BINS);
  #zeros = 0;
  #binWidth = 2 ** -20;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** Counts values, which must be finite. */
  add(values: Float32Array): void {
    let min = this.#min;
    let max = this.#max;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.#min = min;
    this.#max = max;
    while (Math.max(-min, max) >= BINS * this.#binWidth) this.#widen();
    const perUnit = 1 / this.#binWidth;
    const [positive, negative] = [this.#positive, this.#negative];
    let zeros = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      const bin = Math.floor(value * perUnit);
      if (value === 0) zeros++;
      else if (bin >= 0) positive[bin] = (positive[bin] as number) + 1;
      else negative[-1 - bin] = (negative[-1 - bin] as number) + 1;
    }
    this.#zeros += zeros;
  }

  /** Returns the bins between the smallest and the largest value. */
  read(): HistogramBins {
    const below = this.#min < 0 ? Math.ceil(-this.#min / this.#binWidth) : 0;
    const above = this.#max >= 0 ? Math.floor(this.#max / this.#binWidth) + 1 : 0;
    const counts = new Float64Array(below + above);
    for (let i = 0; i < below; i++) counts[i] = this.#negative[below - 1 - i] as number;
    counts.set(this.#positive.subarray(0, above), below);
    return {
      min: this.#min,
      max: this.#max,
      zeros: this.#zeros,
      binWidth: this.#binWidth,
      counts,
      first: -below,
    };
  }

  #widen(): void {
    for (const side of [this.#positive, this.#negative]) {
      for (let i = 0; i < BINS; i++) {
        const pair = 2 * i;
        side[i] = pair < BINS ? (side[pair] as number) + (side[pair + 1] as number) : 0;
      }
    }
    this.#binWidth *= 2;
  }
}
