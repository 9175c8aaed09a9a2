import { resize } from "../../imaging/resize.ts";
import type { RgbImage } from "../../imaging/rgb-image.ts";

/** 64 bits as two 32-bit integers. Images that look alike have hashes that differ in few bits. */
export type PerceptualHash = readonly [high: number, low: number];

/** The side of the picture that is hashed, and that of the block of low frequencies that is kept. */
const SIDE = 32;
const KEPT = 8;

/**
 * Computes whether each of the 64 lowest frequencies of a small grey picture is above their median.
 *
 * Source: the "pHash" of Zauner 2010, "Implementation and benchmarking of perceptual image hash functions".
 */
export function perceptualHash(image: RgbImage): PerceptualHash {
  const region = { left: 0, top: 0, width: SIDE, height: SIDE };
  const small = resize(image, { ...region, region, interpolation: "bilinear" });
  const grey = Float64Array.from({ length: SIDE * SIDE }, (_, pixel) => {
    const [r = 0, g = 0, b = 0] = small.data.subarray(pixel * 3, pixel * 3 + 3);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });
  const frequencies = transform(grey);
  const sorted = frequencies.toSorted();
  const median = ((sorted[31] as number) + (sorted[32] as number)) / 2;
  let [high, low] = [0, 0];
  for (let i = 0; i < 32; i++) {
    if ((frequencies[i] as number) > median) high |= 1 << i;
    if ((frequencies[i + 32] as number) > median) low |= 1 << i;
  }
  return [high, low];
}

/** The number of bits that differ, 0 to 64. */
export function hammingDistance(a: PerceptualHash, b: PerceptualHash): number {
  return countBits(a[0] ^ b[0]) + countBits(a[1] ^ b[1]);
}

const COSINES = Float64Array.from({ length: KEPT * SIDE }, (_, i) =>
  Math.cos((Math.PI / SIDE) * ((i % SIDE) + 0.5) * Math.floor(i / SIDE)),
);

/** The 8 x 8 lowest frequencies of the discrete cosine transform, type II. */
function transform(grey: Float64Array): Float64Array {
  const rows = new Float64Array(SIDE * KEPT);
  for (let y = 0; y < SIDE; y++) {
    for (let u = 0; u < KEPT; u++) {
      let sum = 0;
      for (let x = 0; x < SIDE; x++) {
        sum += (grey[y * SIDE + x] as number) * (COSINES[u * SIDE + x] as number);
      }
      rows[y * KEPT + u] = sum;
    }
  }
  const frequencies = new Float64Array(KEPT * KEPT);
  for (let v = 0; v < KEPT; v++) {
    for (let u = 0; u < KEPT; u++) {
      let sum = 0;
      for (let y = 0; y < SIDE; y++) {
        sum += (rows[y * KEPT + u] as number) * (COSINES[v * SIDE + y] as number);
      }
      frequencies[v * KEPT + u] = sum;
    }
  }
  return frequencies;
}

function countBits(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
