/**
 * Finds out whether sums of integers are rounded as in ONNX Runtime.
 *
 * Both engines add the dequantised values in float32. ONNX Runtime then divides by the scale, and rounds after it
 * has added the zero point. LiteRT multiplies by the reciprocal of the scale, and rounds before. The results differ
 * for at most a few of the 65,536 pairs of levels: those whose sum is almost halfway between two levels.
 */
import type { TfliteQuantization } from "./tflite-graph.ts";

/** ONNX has unsigned levels, which are 128 more. */
const SHIFT = 128;
const LEVELS = 256;

/** Whether LiteRT rounds the sum of each pair of levels as ONNX Runtime does. */
export function isSameSum(
  a: TfliteQuantization,
  b: TfliteQuantization,
  { scales, zeroPoints }: TfliteQuantization,
): boolean {
  const [scale, zero] = [scales[0] as number, (zeroPoints[0] as number) + SHIFT];
  const reciprocal = Math.fround(1 / scale);
  const [first, second] = [dequantiseAll(a), dequantiseAll(b)];
  for (const one of first) {
    for (const other of second) {
      const sum = Math.fround(one + other);
      const onnx = roundHalfToEven(Math.fround(Math.fround(sum / scale) + zero)) - zero;
      const tflite = roundHalfToEven(Math.fround(sum * reciprocal));
      const isInRange = onnx > -zero && onnx < LEVELS - 1 - zero;
      if (onnx !== tflite && isInRange) return false;
    }
  }
  return true;
}

function dequantiseAll({ scales, zeroPoints }: TfliteQuantization): Float32Array {
  return Float32Array.from(
    { length: LEVELS },
    (_, i) => (i - SHIFT - (zeroPoints[0] as number)) * (scales[0] as number),
  );
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
