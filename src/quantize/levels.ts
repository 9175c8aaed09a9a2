/** Quantises numbers to 8-bit levels. */
import type { Range } from "./choose-range.ts";

/** `value = (level - zeroPoint) * scale`, with levels from 0 to 255. */
export type Levels = { readonly scale: number; readonly zeroPoint: number };

const LAST_LEVEL = 255;
/** The range is symmetric: -128 is not used. */
const LARGEST_INT8 = 127;
/** A bias must fit into int32, with headroom for the sums that are added to it. */
const LARGEST_BIAS = 2 ** 30;
const SMALLEST_SCALE = 1e-12;

/** Returns the levels of a range that contains 0; 0 itself is a level. */
export function toLevels({ low, high }: Range): Levels {
  const scale = Math.max(Math.fround((high - low) / LAST_LEVEL), SMALLEST_SCALE);
  return { scale, zeroPoint: Math.min(LAST_LEVEL, Math.max(0, Math.round(-low / scale))) };
}

/** The weights and bias of a layer as integers. */
export type IntegerWeights = {
  /** [N, …], like the original weights. */
  readonly weight: Int8Array;
  /** [N] */
  readonly scales: Float32Array;
  /** [N], in units of input scale times weight scale. */
  readonly bias: Int32Array;
};

/**
 * Quantises weights symmetrically, with a scale for each output channel.
 *
 * @param weight - [N, …], row-major
 * @param bias - [N]
 * @param inputScale - the scale of the levels of the layer's input
 */
export function quantizeWeights(
  weight: Float32Array,
  bias: Float32Array,
  inputScale: number,
): IntegerWeights {
  const perChannel = weight.length / bias.length;
  const scales = Float32Array.from(bias, (offset, channel) => {
    let largest = 0;
    for (let i = channel * perChannel; i < (channel + 1) * perChannel; i++) {
      largest = Math.max(largest, Math.abs(weight[i] as number));
    }
    const forBias = Math.abs(offset) / (inputScale * LARGEST_BIAS);
    return Math.max(largest / LARGEST_INT8, forBias, SMALLEST_SCALE);
  });
  return {
    weight: Int8Array.from(weight, (value, i) =>
      clampInt8(Math.round(value / (scales[Math.floor(i / perChannel)] as number))),
    ),
    scales,
    bias: Int32Array.from(bias, (value, c) =>
      Math.round(value / (inputScale * (scales[c] as number))),
    ),
  };
}

/**
 * Quantises a matrix symmetrically, with a scale for each column.
 *
 * @param weight - [D, N]
 */
export function quantizeColumns({
  shape: [, columns = 0],
  data,
}: {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}): IntegerWeights {
  const largest = new Float32Array(columns);
  for (let i = 0; i < data.length; i++) {
    const column = i % columns;
    largest[column] = Math.max(largest[column] as number, Math.abs(data[i] as number));
  }
  const scales = largest.map((value) => Math.max(value / LARGEST_INT8, SMALLEST_SCALE));
  const weight = Int8Array.from(data, (value, i) =>
    clampInt8(Math.round(value / (scales[i % columns] as number))),
  );
  return { weight, scales, bias: new Int32Array() };
}

/** Converts integer weights back to float. */
export function dequantizeWeights({ weight, scales }: IntegerWeights): Float32Array {
  const perChannel = weight.length / scales.length;
  return Float32Array.from(
    weight,
    (value, i) => value * (scales[Math.floor(i / perChannel)] as number),
  );
}

function clampInt8(value: number): number {
  return Math.min(LARGEST_INT8, Math.max(-LARGEST_INT8, value));
}
