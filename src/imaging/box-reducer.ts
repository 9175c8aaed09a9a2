import type { Orientation } from "./common-header.ts";
import { type Turn, turnOf } from "./orient.ts";
import type { RgbImage } from "./rgb-image.ts";

/**
 * Reduces an image by an integer factor while its rows arrive: each output pixel is the average of
 * a box of `factor` x `factor` input pixels (fewer at the right and bottom edges as stored), rounded to
 * nearest. Each pixel is put where the orientation wants it, so turning the image upright takes no copy.
 * The whole input is never in memory.
 */
export class BoxReducer {
  readonly factor: number;
  readonly #width: number;
  readonly #height: number;
  /** Of the boxes. */
  readonly #turn: Turn;
  /** Sums of R, G and B of each box; the pixels themselves if the factor is 1. */
  readonly #sums: Uint32Array | Uint8Array;

  /**
   * @param width - of the input, in pixels
   * @param height - of the input, in pixels
   * @param factor - 1 or more
   * @param orientation - of the input
   */
  constructor(width: number, height: number, factor: number, orientation: Orientation = 1) {
    this.factor = factor;
    this.#width = width;
    this.#height = height;
    this.#turn = turnOf(orientation, Math.ceil(width / factor), Math.ceil(height / factor));
    const length = this.#turn.width * this.#turn.height * 3;
    this.#sums = factor === 1 ? new Uint8Array(length) : new Uint32Array(length);
  }

  /**
   * Adds `count` pixels of a row at columns `left`, `left + step`, … Every pixel of the image must
   * be added exactly once, in any order. Pixels outside the image are ignored.
   *
   * @param rgb - interleaved
   */
  addRow(y: number, rgb: Uint8Array, count: number, left = 0, step = 1): void {
    if (y < 0 || y >= this.#height) return;
    const { start, perRow } = this.#turn;
    const row = (start + Math.floor(y / this.factor) * perRow) * 3;
    if (step > 1) this.#addSpread(row, rgb, count, left, step);
    else if (this.factor > 1) this.#addRun(row, rgb, Math.min(count, this.#width - left), left);
    else this.#copyRun(row, rgb, Math.min(count, this.#width - left), left);
  }

  /** Adjacent pixels of an image that is not reduced. */
  #copyRun(row: number, rgb: Uint8Array, count: number, left: number): void {
    const pixels = this.#sums;
    const perPixel = this.#turn.perColumn * 3;
    let to = row + left * perPixel;
    if (perPixel === 3) {
      pixels.set(rgb.subarray(0, count * 3), to);
      return;
    }
    for (let from = 0; from < count * 3; from += 3, to += perPixel) {
      pixels[to] = rgb[from] as number;
      pixels[to + 1] = rgb[from + 1] as number;
      pixels[to + 2] = rgb[from + 2] as number;
    }
  }

  /** Adjacent pixels: each box is summed in local variables before it is stored. */
  #addRun(row: number, rgb: Uint8Array, count: number, left: number): void {
    const { factor } = this;
    const sums = this.#sums;
    const perBox = this.#turn.perColumn * 3;
    let from = 0;
    let x = left;
    const end = left + count;
    while (x < end) {
      const box = Math.floor(x / factor);
      const boxEnd = Math.min((box + 1) * factor, end);
      let r = 0;
      let g = 0;
      let b = 0;
      for (; x < boxEnd; x++, from += 3) {
        r += rgb[from] as number;
        g += rgb[from + 1] as number;
        b += rgb[from + 2] as number;
      }
      const to = row + box * perBox;
      sums[to] = (sums[to] as number) + r;
      sums[to + 1] = (sums[to + 1] as number) + g;
      sums[to + 2] = (sums[to + 2] as number) + b;
    }
  }

  /** Pixels with gaps between them, as in an interlaced image. */
  #addSpread(row: number, rgb: Uint8Array, count: number, left: number, step: number): void {
    const sums = this.#sums;
    const perBox = this.#turn.perColumn * 3;
    const { factor } = this;
    const end = Math.min(count, Math.ceil((this.#width - left) / step));
    let to = row + Math.floor(left / factor) * perBox;
    // The column within the box.
    let column = left % factor;
    for (let i = 0, from = 0; i < end; i++, from += 3) {
      sums[to] = (sums[to] as number) + (rgb[from] as number);
      sums[to + 1] = (sums[to + 1] as number) + (rgb[from + 1] as number);
      sums[to + 2] = (sums[to + 2] as number) + (rgb[from + 2] as number);
      for (column += step; column >= factor; column -= factor) to += perBox;
    }
  }

  /** The reduced image, upright. */
  finish(): RgbImage {
    const { width, height } = this.#turn;
    return { width, height, data: this.#average() };
  }

  #average(): Uint8Array {
    const sums = this.#sums;
    if (sums instanceof Uint8Array) return sums;
    const { factor } = this;
    const { start, perColumn, perRow } = this.#turn;
    const data = new Uint8Array(sums.length);
    for (let y = 0, row = 0; y < this.#height; y += factor, row++) {
      const rows = Math.min(factor, this.#height - y);
      let to = (start + row * perRow) * 3;
      for (let x = 0; x < this.#width; x += factor, to += perColumn * 3) {
        const area = rows * Math.min(factor, this.#width - x);
        for (let at = to; at < to + 3; at++) {
          data[at] = ((sums[at] as number) + (area >> 1)) / area;
        }
      }
    }
    return data;
  }
}

/** Memory of a {@link BoxReducer} in bytes, its result included. */
export function boxReducerBytes(width: number, height: number, factor: number): number {
  const pixels = Math.ceil(width / factor) * Math.ceil(height / factor);
  return pixels * 3 * (factor === 1 ? 1 : 5);
}
