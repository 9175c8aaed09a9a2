/** How each operator is written: its number, version, and options, according to the public schema. */
import type { Builder, Offset } from "flatbuffers";
import { ACTIVATIONS, PADDINGS, type TfliteOperator } from "./tflite-graph.ts";

export type OperatorKind = TfliteOperator["kind"];

type OperatorOf<Kind extends OperatorKind> = TfliteOperator & { readonly kind: Kind };

type Row<Kind extends OperatorKind> = {
  /** In the enumeration BuiltinOperator. */
  readonly code: number;
  /** The first version with int8. */
  readonly version: number;
  /** In the union BuiltinOptions. */
  readonly optionsType: number;
  readonly writeOptions: (builder: Builder, operator: OperatorOf<Kind>) => Offset;
};

export const OPERATORS: { readonly [Kind in OperatorKind]: Row<Kind> } = {
  ADD: {
    code: 0,
    version: 2,
    optionsType: 11,
    writeOptions: (builder, { activation }) => {
      builder.startObject(2);
      builder.addFieldInt8(0, ACTIVATIONS[activation], 0);
      return builder.endObject();
    },
  },
  AVERAGE_POOL_2D: { code: 1, version: 2, optionsType: 5, writeOptions: writePool },
  CONCATENATION: {
    code: 2,
    version: 2,
    optionsType: 10,
    writeOptions: (builder, { axis }) => {
      builder.startObject(2);
      builder.addFieldInt32(0, axis, 0);
      return builder.endObject();
    },
  },
  CONV_2D: {
    code: 3,
    version: 3,
    optionsType: 1,
    writeOptions: (builder, { padding, stride, dilation }) => {
      builder.startObject(7);
      builder.addFieldInt8(0, PADDINGS[padding], 0);
      builder.addFieldInt32(1, stride.width, 0);
      builder.addFieldInt32(2, stride.height, 0);
      builder.addFieldInt32(4, dilation.width, 1);
      builder.addFieldInt32(5, dilation.height, 1);
      return builder.endObject();
    },
  },
  DEPTHWISE_CONV_2D: {
    code: 4,
    version: 3,
    optionsType: 2,
    writeOptions: (builder, { padding, stride, dilation, multiplier }) => {
      builder.startObject(7);
      builder.addFieldInt8(0, PADDINGS[padding], 0);
      builder.addFieldInt32(1, stride.width, 0);
      builder.addFieldInt32(2, stride.height, 0);
      builder.addFieldInt32(3, multiplier, 0);
      builder.addFieldInt32(5, dilation.width, 1);
      builder.addFieldInt32(6, dilation.height, 1);
      return builder.endObject();
    },
  },
  DEQUANTIZE: { code: 6, version: 2, optionsType: 38, writeOptions: writeNothing },
  FULLY_CONNECTED: { code: 9, version: 1, optionsType: 8, writeOptions: writeNothing },
  MAX_POOL_2D: { code: 17, version: 2, optionsType: 5, writeOptions: writePool },
  RESHAPE: {
    code: 22,
    version: 1,
    optionsType: 17,
    writeOptions: (builder, { shape }) => {
      const offset = writeIntegers(builder, shape);
      builder.startObject(1);
      builder.addFieldOffset(0, offset, 0);
      return builder.endObject();
    },
  },
  PAD: { code: 34, version: 2, optionsType: 22, writeOptions: writeNothing },
  TRANSPOSE: { code: 39, version: 2, optionsType: 26, writeOptions: writeNothing },
  MEAN: {
    code: 40,
    version: 2,
    optionsType: 27,
    writeOptions: (builder, { keepDims }) => {
      builder.startObject(1);
      builder.addFieldInt8(0, Number(keepDims), 0);
      return builder.endObject();
    },
  },
  SPLIT: {
    code: 49,
    version: 2,
    optionsType: 35,
    writeOptions: (builder, { count }) => {
      builder.startObject(1);
      builder.addFieldInt32(0, count, 0);
      return builder.endObject();
    },
  },
  QUANTIZE: { code: 114, version: 2, optionsType: 89, writeOptions: writeNothing },
};

/** Writes a vector of int32. */
export function writeIntegers(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(4, values.length, 4);
  // A buffer is filled from its end.
  for (const value of values.toReversed()) builder.addInt32(value);
  return builder.endVector();
}

function writeNothing(builder: Builder): Offset {
  builder.startObject(0);
  return builder.endObject();
}

function writePool(
  builder: Builder,
  { padding, stride, filter }: OperatorOf<"MAX_POOL_2D" | "AVERAGE_POOL_2D">,
): Offset {
  builder.startObject(6);
  builder.addFieldInt8(0, PADDINGS[padding], 0);
  builder.addFieldInt32(1, stride.width, 0);
  builder.addFieldInt32(2, stride.height, 0);
  builder.addFieldInt32(3, filter.width, 0);
  builder.addFieldInt32(4, filter.height, 0);
  return builder.endObject();
}
