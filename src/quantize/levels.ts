/** Numbers as 8-bit levels. */
import type { Range } from "./choose-range.ts";

/** `value = (level - zeroPoint) * scale`, levels from 0 to 255. */
export type Levels = { readonly scale: number; readonly zeroPoint: number };

const LAST_LEVEL = 255;
/** Symmetric: -128 is not used. */
const LARGEST_INT8 = 127;
/** A bias must fit into int32, with room for what is added to it. */
const LARGEST_BIAS = 2 ** 30;
const SMALLEST_SCALE = 1e-12;

/** The levels of a range with 0 inside: 0 itself is a level. */
export function toLevels({ low, high }: Range): Levels {
  const scale = Math.max(Math.fround((high - low) / LAST_LEVEL), SMALLEST_SCALE);
  return { scale, zeroPoint: Math.min(LAST_LEVEL, Math.max(0, Math.round(-low / scale))) };
}

/** Weights and bias of a layer in integers. */
export type IntegerWeights = {
  /** As the weights, [N, …]. */
  readonly weight: Int8Array;
  /** One for each output channel. */
  readonly scales: Float32Array;
  /** [N], in units of input scale times weight scale. */
  readonly bias: Int32Array;
};

/**
 * Quantises weights, symmetrically and each output channel by itself.
 *
 * @param weight - [N, …], row-major
 * @param bias - [N]
 * @param inputScale - of the levels of the layer's input
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

/** The weights that integers stand for. */
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
