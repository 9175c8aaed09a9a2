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
  const { addColumns, addRows } = sumsOf(interpolation, columns.count, rows.count);
  return {
    width: region.width,
    height: region.height,
    data: resizeRows(image, { columns, rows, addColumns, addRows }),
  };
}

/**
 * The inputs of each output position, and their weights. All positions have the same number of inputs, so that the
 * loops over them are simple: those that do not count have the weight 0.
 */
type Taps = {
  readonly starts: Int32Array;
  /** How many inputs each output position has. */
  readonly count: number;
  /** `count` fixed-point coefficients per output position. */
  readonly weights: Int32Array;
};

/**
 * With three inputs, which bilinear reductions to at least two thirds have, sums stay in registers. That is the
 * common case: decoders reduce large photos to little more than what the network takes.
 */
const FAST_COUNT = 3;

function computeTaps(
  filter: Filter,
  inSize: number,
  outSize: number,
  first: number,
  length: number,
): Taps {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const startOf = (center: number) => Math.max(Math.trunc(center - support + 0.5), 0);
  const endOf = (center: number) => Math.min(Math.trunc(center + support + 0.5), inSize);
  const centerOf = (i: number) => (first + i + 0.5) * scale;
  let count = Math.min(FAST_COUNT, inSize);
  for (let i = 0; i < length; i++) {
    count = Math.max(count, endOf(centerOf(i)) - startOf(centerOf(i)));
  }
  const starts = new Int32Array(length);
  const weights = new Int32Array(length * count);
  const exact = new Float64Array(count);
  for (let i = 0; i < length; i++) {
    const center = centerOf(i);
    const start = startOf(center);
    const taps = endOf(center) - start;
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const weight = filter.weightAt(Math.abs((k + start - center + 0.5) * (1 / filterScale)));
      exact[k] = weight;
      sum += weight;
    }
    // Inputs without weight are read too. Near the end they are before the others, because reading beyond is slow.
    const before = Math.max(start + count - inSize, 0);
    starts[i] = start - before;
    for (let k = 0; k < taps; k++) {
      const weight = sum === 0 ? (exact[k] as number) : (exact[k] as number) / sum;
      const rounding = weight < 0 ? -0.5 : 0.5;
      weights[i * count + before + k] = Math.trunc(rounding + weight * 2 ** PRECISION_BITS);
    }
  }
  return { starts, count, weights };
}

/** Writes one row of `image` in its new width to `out`, beginning at `to`. */
type AddColumns = (image: RgbImage, y: number, columns: Taps, out: Uint8Array, to: number) => void;

/** Writes row `i` of the result, as the sum of `rows.count` narrow rows. Row y of the source is row y % count. */
type AddRows = (narrow: Uint8Array, rows: Taps, i: number, out: Uint8Array) => void;

type Sums = { readonly addColumns: AddColumns; readonly addRows: AddRows };

function sumsOf(interpolation: Interpolation, columnCount: number, rowCount: number): Sums {
  // Bicubic weights can be negative, and their sums exceed 0 to 255.
  const isBilinear = interpolation === "bilinear";
  return {
    addColumns: isBilinear && columnCount === FAST_COUNT ? addThreeColumns : addAnyColumns,
    addRows: isBilinear && rowCount === FAST_COUNT ? addThreeRows : addAnyRows,
  };
}

/**
 * Resizes the height, and the width of each row that it needs. Only as many narrow rows are kept as one row of
 * the result needs, because a very high image can have many more.
 */
function resizeRows(
  image: RgbImage,
  { columns, rows, addColumns, addRows }: Sums & { readonly columns: Taps; readonly rows: Taps },
): Uint8Array {
  const { starts, count } = rows;
  const rowLength = columns.starts.length * 3;
  const narrow = new Uint8Array(rowLength * count);
  const out = new Uint8Array(rowLength * starts.length);
  let next = starts[0] as number;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    for (next = Math.max(next, start); next < start + count; next++) {
      addColumns(image, next, columns, narrow, (next % count) * rowLength);
    }
    addRows(narrow, rows, i, out.subarray(i * rowLength, (i + 1) * rowLength));
  }
  return out;
}

// Pillow's precision leaves room for any sum in 32 bits. `Math.imul` and shifts tell the compiler so. Bilinear
// weights are not negative and add up to 1 with a rounding error of at most 1.5 of 2 ** 22, so sums need no clipping.

/** {@link AddRows} with the weights in registers. */
function addThreeRows(narrow: Uint8Array, { starts, weights }: Taps, i: number, out: Uint8Array) {
  const { length } = out;
  const start = starts[i] as number;
  const rowAt = (y: number) => narrow.subarray((y % 3) * length, ((y % 3) + 1) * length);
  const [a, b, c] = [rowAt(start), rowAt(start + 1), rowAt(start + 2)];
  const wa = weights[i * 3] as number;
  const wb = weights[i * 3 + 1] as number;
  const wc = weights[i * 3 + 2] as number;
  for (let x = 0; x < length; x++) {
    out[x] =
      (ROUNDING +
        Math.imul(a[x] as number, wa) +
        Math.imul(b[x] as number, wb) +
        Math.imul(c[x] as number, wc)) >>
      PRECISION_BITS;
  }
}

/** {@link AddRows} for any number of inputs. */
function addAnyRows(
  narrow: Uint8Array,
  { starts, count, weights }: Taps,
  i: number,
  out: Uint8Array,
): void {
  const { length } = out;
  const sums = new Int32Array(length).fill(ROUNDING);
  for (let k = 0; k < count; k++) {
    const weight = weights[i * count + k] as number;
    const from = (((starts[i] as number) + k) % count) * length;
    for (let x = 0; x < length; x++) {
      sums[x] = ((sums[x] as number) + Math.imul(narrow[from + x] as number, weight)) | 0;
    }
  }
  for (let x = 0; x < length; x++) out[x] = clip8(sums[x] as number);
}

/** {@link AddColumns} with the weights in registers. */
function addThreeColumns(
  { width, data }: RgbImage,
  y: number,
  { starts, weights }: Taps,
  out: Uint8Array,
  to: number,
): void {
  const input = data.subarray(y * width * 3, (y + 1) * width * 3);
  const narrow = out.subarray(to, to + starts.length * 3);
  // Each output has three weights and three channels.
  for (let i = 0, at = 0; i < starts.length; i++, at += 3) {
    const wa = weights[at] as number;
    const wb = weights[at + 1] as number;
    const wc = weights[at + 2] as number;
    const from = (starts[i] as number) * 3;
    narrow[at] = addThree(input, from, wa, wb, wc);
    narrow[at + 1] = addThree(input, from + 1, wa, wb, wc);
    narrow[at + 2] = addThree(input, from + 2, wa, wb, wc);
  }
}

/** The weighted sum of a channel of three pixels in a row. */
function addThree(data: Uint8Array, at: number, wa: number, wb: number, wc: number): number {
  return (
    (ROUNDING +
      Math.imul(data[at] as number, wa) +
      Math.imul(data[at + 3] as number, wb) +
      Math.imul(data[at + 6] as number, wc)) >>
    PRECISION_BITS
  );
}

/** {@link AddColumns} for any number of inputs. */
function addAnyColumns(
  { width, data }: RgbImage,
  y: number,
  { starts, count, weights }: Taps,
  out: Uint8Array,
  to: number,
): void {
  for (let i = 0, at = to; i < starts.length; i++, at += 3) {
    let from = (y * width + (starts[i] as number)) * 3;
    let r = ROUNDING;
    let g = ROUNDING;
    let b = ROUNDING;
    for (let k = i * count; k < (i + 1) * count; k++) {
      const weight = weights[k] as number;
      r = (r + Math.imul(data[from] as number, weight)) | 0;
      g = (g + Math.imul(data[from + 1] as number, weight)) | 0;
      b = (b + Math.imul(data[from + 2] as number, weight)) | 0;
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
  // Branches that are rarely taken cost less than Math.min and Math.max.
  if (value < 0) return 0;
  if (value > 255) return 255;
  return value;
}
