/**
 * A TensorFlow Lite graph as plain data. The numbers are those of the public schema
 * (tensorflow/compiler/mlir/lite/schema/schema.fbs); images are NHWC.
 */

/** Element types, with the schema's numbers. */
export const TENSOR_TYPES = { float32: 0, float16: 1, int32: 2, int8: 9 } as const;

export type TfliteType = keyof typeof TENSOR_TYPES;

/** real = scale × (integer - zeroPoint); several scales are those of the slices along `axis`. */
export type TfliteQuantization = {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number;
};

export type TfliteTensor = {
  readonly name: string;
  readonly type: TfliteType;
  readonly shape: readonly number[];
  readonly quantization?: TfliteQuantization;
  /** Of a constant, little-endian and row-major. */
  readonly data?: Uint8Array;
};

export const PADDINGS = { SAME: 0, VALID: 1 } as const;
export type Padding = keyof typeof PADDINGS;

export const ACTIVATIONS = { NONE: 0, RELU: 1, RELU6: 3 } as const;
export type Activation = keyof typeof ACTIVATIONS;

/** A step of a window: of a kernel, or of a pool. */
export type Stride = { readonly height: number; readonly width: number };

/** Operators without options. */
type PlainKind =
  | "FULLY_CONNECTED"
  | "PAD"
  | "PADV2"
  | "TRANSPOSE"
  | "STRIDED_SLICE"
  | "QUANTIZE"
  | "DEQUANTIZE"
  | "RELU"
  | "RELU6"
  | "LOGISTIC"
  | "TANH"
  | "HARD_SWISH"
  | "MAXIMUM"
  | "MINIMUM";

/** How an output position maps to the input; both false: position × scale. */
export type Coordinates = { readonly alignCorners: boolean; readonly halfPixelCenters: boolean };

/** An operator with its options. */
export type TfliteOperator = {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
} & (
  | {
      readonly kind: "CONV_2D";
      readonly padding: Padding;
      readonly stride: Stride;
      readonly dilation: Stride;
    }
  | {
      readonly kind: "DEPTHWISE_CONV_2D";
      readonly padding: Padding;
      readonly stride: Stride;
      readonly dilation: Stride;
      readonly multiplier: number;
    }
  | {
      readonly kind: "MAX_POOL_2D" | "AVERAGE_POOL_2D";
      readonly padding: Padding;
      readonly stride: Stride;
      readonly filter: Stride;
    }
  | { readonly kind: "ADD" | "SUB" | "MUL" | "DIV"; readonly activation: Activation }
  | { readonly kind: "CONCATENATION"; readonly axis: number }
  | { readonly kind: "MEAN"; readonly keepDims: boolean }
  | { readonly kind: "SPLIT" | "SPLIT_V"; readonly count: number }
  | { readonly kind: "RESHAPE"; readonly shape: readonly number[] }
  | ({ readonly kind: "RESIZE_BILINEAR" | "RESIZE_NEAREST_NEIGHBOR" } & Coordinates)
  | { readonly kind: PlainKind }
);

/** Tensors are named by their positions. */
export type TfliteGraph = {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly operators: readonly TfliteOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
};
