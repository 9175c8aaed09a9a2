/**
 * Bilinear resizing with antialiasing, bit for bit like Pillow's `Image.resize` on 8-bit images
 * (`Resample.c`): separable, columns first, 8-bit values between the two passes, and fixed-point
 * coefficients with rounding. Models trained with torchvision were trained on such images.
 */
import type { RgbImage } from "./rgb-image.ts";

/** A rectangle in pixels. */
export type Region = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};

/** Pillow's PRECISION_BITS: 32 bits minus 8 for the value and 2 of headroom. */
const PRECISION_BITS = 32 - 8 - 2;
const ROUNDING = 1 << (PRECISION_BITS - 1);

/**
 * Resizes to `width` x `height`, but computes only one region of the result.
 *
 * @param image - not modified
 * @param region - within `width` x `height`
 */
export function resizeBilinear(
  image: RgbImage,
  width: number,
  height: number,
  region: Region,
): RgbImage {
  const columns = computeTaps(image.width, width, region.left, region.width);
  const rows = computeTaps(image.height, height, region.top, region.height);
  const firstRow = rows.starts[0] as number;
  const last = region.height - 1;
  const endRow = (rows.starts[last] as number) + (rows.counts[last] as number);
  const narrow = resizeColumns(image, columns, firstRow, endRow);
  return {
    width: region.width,
    height: region.height,
    data: resizeRows(narrow, region.width, rows, firstRow),
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

function computeTaps(inSize: number, outSize: number, first: number, count: number): Taps {
  const scale = inSize / outSize;
  const filterScale = Math.max(scale, 1);
  const support = filterScale; // The triangle filter reaches 1 to each side.
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
      const distance = Math.abs((k + start - center + 0.5) * (1 / filterScale));
      const weight = distance < 1 ? 1 - distance : 0;
      exact[k] = weight;
      sum += weight;
    }
    for (let k = 0; k < taps; k++) {
      const weight = sum === 0 ? (exact[k] as number) : (exact[k] as number) / sum;
      weights[i * stride + k] = Math.trunc(0.5 + weight * 2 ** PRECISION_BITS);
    }
    starts[i] = start;
    counts[i] = taps;
  }
  return { starts, counts, weights, stride };
}

/** Resizes the width of the rows from `firstRow` to before `endRow`. */
function resizeColumns(
  { width, data }: RgbImage,
  { starts, counts, weights, stride }: Taps,
  firstRow: number,
  endRow: number,
): Uint8Array {
  const outWidth = starts.length;
  const out = new Uint8Array(outWidth * (endRow - firstRow) * 3);
  let to = 0;
  for (let row = firstRow; row < endRow; row++) {
    const rowStart = row * width;
    for (let i = 0; i < outWidth; i++) {
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
      out[to] = clip8(r);
      out[to + 1] = clip8(g);
      out[to + 2] = clip8(b);
      to += 3;
    }
  }
  return out;
}

/** Resizes the height; `data` starts at row `firstRow` of the source. */
function resizeRows(
  data: Uint8Array,
  width: number,
  { starts, counts, weights, stride }: Taps,
  firstRow: number,
): Uint8Array {
  const rowLength = width * 3;
  const out = new Uint8Array(rowLength * starts.length);
  for (let i = 0; i < starts.length; i++) {
    const top = ((starts[i] as number) - firstRow) * rowLength;
    const weightEnd = i * stride + (counts[i] as number);
    for (let x = 0; x < rowLength; x++) {
      let sum = ROUNDING;
      let from = top + x;
      for (let k = i * stride; k < weightEnd; k++) {
        sum += (data[from] as number) * (weights[k] as number);
        from += rowLength;
      }
      out[i * rowLength + x] = clip8(sum);
    }
  }
  return out;
}

/** Each coefficient is rounded, so a sum can slightly exceed 255. */
function clip8(fixedPoint: number): number {
  const value = fixedPoint >> PRECISION_BITS;
  return Math.min(Math.max(value, 0), 255);
}
