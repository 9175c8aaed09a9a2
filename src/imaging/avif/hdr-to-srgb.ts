/**
 * Shows high dynamic range (PQ and HLG of ITU-R BT.2100) as sRGB, much as browsers do on an ordinary
 * screen: levels are made linear, reference white (203 cd/m², ITU-R BT.2408) is halved so that there is
 * room for highlights, highlights are compressed, and the gamut is cut to that of sRGB. The curve is the
 * reference white tone mapping operator of SMPTE ST 2094-50, applied to the largest component.
 */
import type { HdrColour } from "./avif-colour.ts";

const REFERENCE_WHITE_NITS = 203;
const DEFAULT_HEADROOM = Math.log2(1000 / REFERENCE_WHITE_NITS);

/** Rows: R, G, B in linear sRGB of one unit of R, G, B (ITU-T H.273, derived from the chromaticities). */
type Matrix = readonly [Row, Row, Row];
type Row = readonly [number, number, number];

const IDENTITY: Matrix = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];
const BT2020_TO_SRGB: Matrix = [
  [1.660491, -0.587641, -0.07285],
  [-0.12455, 1.1329, -0.008349],
  [-0.018151, -0.100579, 1.11873],
];
const P3_TO_SRGB: Matrix = [
  [1.22494, -0.22494, 0],
  [-0.042057, 1.042057, 0],
  [-0.019638, -0.078636, 1.098274],
];
/** By the code points of colour primaries. */
const TO_SRGB: Readonly<Record<number, Matrix>> = {
  9: BT2020_TO_SRGB,
  11: P3_TO_SRGB,
  12: P3_TO_SRGB,
};
/** Luminance of linear BT.2020. */
const LUMINANCE: Row = [0.2627, 0.678, 0.0593];

const TABLE_SIZE = 4096;
const SRGB_TABLE_SIZE = 16_384;

/**
 * Converts pixels in place.
 *
 * @param rgba - 8 bits, interleaved; alpha is left alone
 */
export function hdrToSrgb(
  rgba: Uint8ClampedArray,
  { transfer, primaries, peakNits }: HdrColour,
): void {
  const peak = peakNits / REFERENCE_WHITE_NITS;
  const isHlg = transfer === "HLG";
  const linear = Float64Array.from({ length: 256 }, (_, code) =>
    isHlg ? hlgToScene(code / 255) : pqToNits(code / 255) / REFERENCE_WHITE_NITS,
  );
  const gains = makeTable(TABLE_SIZE, (x) => toneGain(x * peak, peak));
  const surround = makeTable(TABLE_SIZE, (luminance) => peak * luminance ** 0.2);
  const srgb = Uint8Array.from(makeTable(SRGB_TABLE_SIZE, (x) => Math.round(255 * encodeSrgb(x))));
  const [toR, toG, toB] = TO_SRGB[primaries] ?? IDENTITY;

  for (let at = 0; at < rgba.length; at += 4) {
    let r = linear[rgba[at] as number] as number;
    let g = linear[rgba[at + 1] as number] as number;
    let b = linear[rgba[at + 2] as number] as number;
    if (isHlg) {
      // The system gamma of 1.2 for a screen of 1000 cd/m² (BT.2100, table 5).
      const scale = lookUp(surround, dot(LUMINANCE, r, g, b));
      r *= scale;
      g *= scale;
      b *= scale;
    }
    const largest = Math.max(r, g, b);
    const gain = largest < peak ? lookUp(gains, largest / peak) : 1 / largest;
    r *= gain;
    g *= gain;
    b *= gain;
    rgba[at] = lookUp(srgb, dot(toR, r, g, b));
    rgba[at + 1] = lookUp(srgb, dot(toG, r, g, b));
    rgba[at + 2] = lookUp(srgb, dot(toB, r, g, b));
  }
}

/** SMPTE ST 2084: cd/m² of a level from 0 to 1. */
function pqToNits(level: number): number {
  const root = level ** (4096 / (2523 * 128));
  const base = Math.max(root - 3424 / 4096, 0) / ((2413 * 32) / 4096 - ((2392 * 32) / 4096) * root);
  return 10_000 * base ** (16384 / 2610);
}

/** The inverse of the HLG curve (BT.2100, table 5): scene light from 0 to 1. */
function hlgToScene(level: number): number {
  if (level <= 0.5) return (level * level) / 3;
  return (Math.exp((level - 0.55991073) / 0.17883277) + 0.28466892) / 12;
}

/**
 * The factor for a level that is 1 at reference white and `peak` at most: a straight line up to reference
 * white, then a parabola (a quadratic Bézier curve) that reaches 1 at the peak.
 */
function toneGain(level: number, peak: number): number {
  const headroom = Math.max(Math.log2(peak), 0);
  const white = 1 - 0.5 * Math.min(headroom / DEFAULT_HEADROOM, 1);
  if (level <= 1 || peak <= 1) return white;
  // The control point is on the line between the corner and the point where the straight line reaches 1.
  const bend = 0.65;
  const middleX = 1 - bend + bend / white;
  const middleY = (1 - bend) * white + bend;
  const t = solveQuadratic(1 - 2 * middleX + peak, 2 * (middleX - 1), 1 - level);
  const y = (white - 2 * middleY + 1) * t * t + 2 * (middleY - white) * t + white;
  return y / level;
}

/** The root of a t² + b t + c that is between 0 and 1, for b > 0 and c < 0. */
function solveQuadratic(a: number, b: number, c: number): number {
  return (-2 * c) / (b + Math.sqrt(Math.max(b * b - 4 * a * c, 0)));
}

function encodeSrgb(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

/** The values of a function from 0 to 1. */
function makeTable(size: number, f: (x: number) => number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => f(i / (size - 1)));
}

/** The nearest value of a table; below 0 and above 1 the first and the last. */
function lookUp(table: Float64Array | Uint8Array, x: number): number {
  const last = table.length - 1;
  return table[Math.min(Math.max(Math.round(x * last), 0), last)] as number;
}

function dot([x, y, z]: Row, r: number, g: number, b: number): number {
  return x * r + y * g + z * b;
}
