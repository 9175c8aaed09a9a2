/**
 * Rounds float values to levels as ONNX Runtime does. LiteRT's QUANTIZE multiplies by the reciprocal of the scale, so
 * it rounds values that are almost halfway between two levels differently.
 */
import type { TfliteBuilder, Value } from "./tflite-builder.ts";
import type { TfliteQuantization } from "./tflite-graph.ts";

/** Float32 numbers of this size are whole, so adding it rounds half to even. */
const WHOLE = 1.5 * 2 ** 23;
/** ONNX has unsigned levels, which are 128 more. */
const SHIFT = 128;

type Levels = Pick<TfliteQuantization, "scales" | "zeroPoints">;

/** As QuantizeLinear: rounds, then adds the zero point. The result is for QUANTIZE, and too close to its levels to err. */
export function roundValue(builder: TfliteBuilder, value: Value, { scales }: Levels): Value {
  const scale = scales[0] as number;
  return compute(builder, value, [
    ["DIV", scale],
    ["ADD", WHOLE],
    ["SUB", WHOLE],
    ["MUL", scale],
  ]);
}

/** As QLinearAdd: adds the zero point, then rounds. */
export function roundSum(
  builder: TfliteBuilder,
  sum: Value,
  { scales, zeroPoints }: Levels,
): Value {
  const scale = scales[0] as number;
  const zero = (zeroPoints[0] as number) + SHIFT;
  return compute(builder, sum, [
    ["DIV", scale],
    ["ADD", zero],
    ["ADD", WHOLE],
    ["SUB", WHOLE + zero],
    ["MUL", scale],
  ]);
}

type Step = readonly [kind: "ADD" | "SUB" | "MUL" | "DIV", by: number];

function compute(builder: TfliteBuilder, value: Value, steps: readonly Step[]): Value {
  return steps.reduce((input, [kind, by], i) => {
    const name = `${value.name}.round${i}`;
    const output = builder.tensor(name, "float32", value.shape);
    const constant = builder.number(`${name}.by`, by);
    builder.add({ kind, activation: "NONE" }, [input, constant], [output]);
    return output;
  }, value);
}
