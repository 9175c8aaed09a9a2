/** How each operator is written: its number, version, and options, according to the public schema. */
import type { Builder, Offset } from "flatbuffers";
import { ACTIVATIONS, type Coordinates, PADDINGS, type TfliteOperator } from "./tflite-graph.ts";

export type OperatorKind = TfliteOperator["kind"];

type OperatorOf<Kind extends OperatorKind> = TfliteOperator & { readonly kind: Kind };

type Row<Kind extends OperatorKind> = {
  /** In the enumeration BuiltinOperator. */
  readonly code: number;
  /** The first version with the element types that are used. */
  readonly version: number;
  /** In the union BuiltinOptions; 0 if the operator has no options. */
  readonly optionsType: number;
  readonly writeOptions: (builder: Builder, operator: OperatorOf<Kind>) => Offset;
};

/** Adding an operator means adding a row. */
export const OPERATORS: { readonly [Kind in OperatorKind]: Row<Kind> } = {
  ADD: { code: 0, version: 2, optionsType: 11, writeOptions: writeActivation },
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
  LOGISTIC: { code: 14, version: 1, optionsType: 0, writeOptions: writeNothing },
  MAX_POOL_2D: { code: 17, version: 2, optionsType: 5, writeOptions: writePool },
  MUL: { code: 18, version: 1, optionsType: 21, writeOptions: writeActivation },
  RELU: { code: 19, version: 1, optionsType: 0, writeOptions: writeNothing },
  RELU6: { code: 21, version: 1, optionsType: 0, writeOptions: writeNothing },
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
  RESIZE_BILINEAR: {
    code: 23,
    version: 3,
    optionsType: 15,
    writeOptions: (builder, coordinates) => {
      builder.startObject(4);
      writeCoordinates(builder, 2, coordinates);
      return builder.endObject();
    },
  },
  TANH: { code: 28, version: 1, optionsType: 0, writeOptions: writeNothing },
  PAD: { code: 34, version: 2, optionsType: 22, writeOptions: writeNothing },
  TRANSPOSE: { code: 39, version: 4, optionsType: 26, writeOptions: writeNothing },
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
  SUB: { code: 41, version: 1, optionsType: 28, writeOptions: writeActivation },
  DIV: { code: 42, version: 1, optionsType: 29, writeOptions: writeActivation },
  STRIDED_SLICE: { code: 45, version: 2, optionsType: 32, writeOptions: writeNothing },
  SPLIT: { code: 49, version: 2, optionsType: 35, writeOptions: writeCount },
  MAXIMUM: { code: 55, version: 1, optionsType: 39, writeOptions: writeNothing },
  MINIMUM: { code: 57, version: 1, optionsType: 39, writeOptions: writeNothing },
  PADV2: { code: 60, version: 2, optionsType: 43, writeOptions: writeNothing },
  RESIZE_NEAREST_NEIGHBOR: {
    code: 97,
    version: 3,
    optionsType: 74,
    writeOptions: (builder, coordinates) => {
      builder.startObject(2);
      writeCoordinates(builder, 0, coordinates);
      return builder.endObject();
    },
  },
  SPLIT_V: { code: 102, version: 2, optionsType: 79, writeOptions: writeCount },
  QUANTIZE: { code: 114, version: 2, optionsType: 89, writeOptions: writeNothing },
  HARD_SWISH: { code: 117, version: 1, optionsType: 91, writeOptions: writeNothing },
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

function writeCount(builder: Builder, { count }: OperatorOf<"SPLIT" | "SPLIT_V">): Offset {
  builder.startObject(1);
  builder.addFieldInt32(0, count, 0);
  return builder.endObject();
}

function writeActivation(
  builder: Builder,
  { activation }: OperatorOf<"ADD" | "SUB" | "MUL" | "DIV">,
): Offset {
  builder.startObject(2);
  builder.addFieldInt8(0, ACTIVATIONS[activation], 0);
  return builder.endObject();
}

/** Fills two fields of an object that has been started. */
function writeCoordinates(
  builder: Builder,
  first: number,
  { alignCorners, halfPixelCenters }: Coordinates,
): void {
  builder.addFieldInt8(first, Number(alignCorners), 0);
  builder.addFieldInt8(first + 1, Number(halfPixelCenters), 0);
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
