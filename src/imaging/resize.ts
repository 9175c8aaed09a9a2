/**
 * Resizing with antialiasing, bit for bit like the `Image.resize` of Pillow 11 on 8-bit images (`Resample.c`):
 * separable, columns first, 8-bit values between the two passes, and fixed-point coefficients with rounding.
 * Most networks were trained on such images. (Pillow 13 begins with the rows for some shapes.)
 */
import type { Interpolation } from "./preprocess-spec.ts";
import type { RgbImage } from "./rgb-image.ts";

/** A rectangle in pixels. */
export type Region = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** A resized image of which only one region is computed. */
export type ResizeTarget = {
  /** Of the whole resized image. */
  readonly width: number;
  /** Of the whole resized image. */
  readonly height: number;
  readonly region: Region;
  readonly interpolation: Interpolation;
};

/** Pillow's PRECISION_BITS: 32 bits minus 8 for the value and 2 of headroom. */
const PRECISION_BITS = 32 - 8 - 2;
const ROUNDING = 1 << (PRECISION_BITS - 1);

type Filter = {
  /** How far it reaches to each side. */
  readonly support: number;
  readonly weightAt: (distance: number) => number;
};

const FILTERS: Readonly<Record<Interpolation, Filter>> = {
  bilinear: { support: 1, weightAt: (x) => (x < 1 ? 1 - x : 0) },
  bicubic: { support: 2, weightAt: keys },
};

/** Of Keys' cubic convolution; Pillow uses -0.5, OpenCV and PyTorch's tensors use -0.75. */
const A = -0.5;

/** Source: Keys 1981, "Cubic convolution interpolation for digital image processing". */
function keys(x: number): number {
  if (x < 1) return ((A + 2) * x - (A + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
}

/**
 * Resizes an image.
 *
 * @param image - not modified
 * @returns the region
 */
export function resize(
  image: RgbImage,
  { width, height, region, interpolation }: ResizeTarget,
): RgbImage {
  const filter = FILTERS[interpolation];
  const columns = computeTaps(filter, image.width, width, region.left, region.width);
  const rows = computeTaps(filter, image.height, height, region.top, region.height);
  return {
    width: region.width,
    height: region.height,
    data: resizeRows(image, columns, rows),
  };
}

/** The inputs of each output position, and their weights. */
type Taps = {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** `stride` fixed-point coefficients per output position. */
  readonly weights: Int32Array;
  readonly stride: number;
};

function computeTaps(
  filter: Filter,
  inSize: number,
  outSize: number,
  first: number,
  count: number,
): Taps {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const exact = new Float64Array(stride);
  for (let i = 0; i < count; i++) {
    const center = (first + i + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const taps = Math.min(Math.trunc(center + support + 0.5), inSize) - start;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const weight = filter.weightAt(Math.abs((k + start - center + 0.5) * (1 / filterScale)));
      exact[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) {
      const weight = sum === 0 ? (exact[k] as number) : (exact[k] as number) / sum;
      const rounding = weight < 0 ? -0.5 : 0.5;
      weights[i * stride + k] = Math.trunc(rounding + weight * 2 ** PRECISION_BITS);
    }
    starts[i] = start;
    counts[i] = taps;
  }
  return { starts, counts, weights, stride };
}

/**
 * Resizes the height, and the width of each row that it needs. Only as many narrow rows are kept as one row of
 * the result needs, because a very high image can have many more.
 */
function resizeRows(image: RgbImage, columns: Taps, rows: Taps): Uint8Array {
  const { starts, counts, weights, stride } = rows;
  const rowLength = columns.starts.length * 3;
  const kept = Math.max(...counts);
  // Row y of the source is kept as row y % kept.
  const narrow = new Uint8Array(rowLength * kept);
  const out = new Uint8Array(rowLength * starts.length);
  // Pillow's precision leaves room for any sum in 32 bits.
  const sums = new Int32Array(rowLength);
  let next = starts[0] as number;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    const count = counts[i] as number;
    for (next = Math.max(next, start); next < start + count; next++) {
      resizeRow(image, next, columns, narrow, (next % kept) * rowLength);
    }
    sums.fill(ROUNDING);
    for (let k = 0; k < count; k++) {
      const weight = weights[i * stride + k] as number;
      const from = ((start + k) % kept) * rowLength;
      for (let x = 0; x < rowLength; x++) {
        sums[x] = (sums[x] as number) + (narrow[from + x] as number) * weight;
      }
    }
    const to = i * rowLength;
    for (let x = 0; x < rowLength; x++) out[to + x] = clip8(sums[x] as number);
  }
  return out;
}

/** Resizes the width of row `y` into `out`, beginning at `to`. */
function resizeRow(
  { width, data }: RgbImage,
  y: number,
  { starts, counts, weights, stride }: Taps,
  out: Uint8Array,
  to: number,
): void {
  const rowStart = y * width;
  for (let i = 0, at = to; i < starts.length; i++, at += 3) {
    const weightEnd = i * stride + (counts[i] as number);
    let from = (rowStart + (starts[i] as number)) * 3;
    let r = ROUNDING;
    let g = ROUNDING;
    let b = ROUNDING;
    for (let k = i * stride; k < weightEnd; k++) {
      const weight = weights[k] as number;
      r += (data[from] as number) * weight;
      g += (data[from + 1] as number) * weight;
      b += (data[from + 2] as number) * weight;
      from += 3;
    }
    out[at] = clip8(r);
    out[at + 1] = clip8(g);
    out[at + 2] = clip8(b);
  }
}

/** A sum can exceed 0 to 255: weights are rounded, and those of the bicubic filter can be negative. */
function clip8(fixedPoint: number): number {
  const value = fixedPoint >> PRECISION_BITS;
  return Math.min(Math.max(value, 0), 255);
}
