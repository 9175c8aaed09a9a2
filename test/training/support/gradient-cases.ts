/** Operators with inputs and attributes, whose gradients are tested. */
import { type Attributes, type Constant, floats, integers } from "../../../src/graphs/graph.ts";

export type Case = {
  readonly operator: string;
  readonly of: string;
  /** Shapes of the inputs whose gradients are tested. */
  readonly inputs: readonly (readonly number[])[];
  /** Further inputs. */
  readonly settings?: readonly (Constant | undefined)[];
  readonly attributes?: Attributes;
  readonly outputs?: number;
  /** The same attributes as the reference knows them, if it does not know these. */
  readonly explicit?: Attributes;
  /** Outputs that the loss does not depend on. */
  readonly unused?: readonly number[];
  /** For statistics that batch normalisation takes and does not use. */
  readonly statistics?: number;
};

const int = (value: number) => ({ int: value });
const ints = (...values: number[]) => ({ ints: values });
const conv = (of: string, x: number[], w: number[], attributes: Attributes): Case => ({
  operator: "Conv",
  of,
  inputs: [x, w, [w[0] as number]],
  attributes,
});
const pool = (operator: string, of: string, x: number[], attributes: Attributes): Case => ({
  operator,
  of,
  inputs: [x],
  attributes,
});
const plain = (operator: string, of: string, ...inputs: number[][]): Case => ({
  operator,
  of,
  inputs,
});

const PADS = { pads: ints(1, 1, 1, 1) };
const TWO = { strides: ints(2, 2) };
const X = [2, 4, 6, 5];
export const CASES: readonly Case[] = [
  conv("a padded kernel of 3", X, [3, 4, 3, 3], PADS),
  conv("a kernel of 3 without padding", X, [3, 4, 3, 3], {}),
  conv("a kernel of 3 and stride 2", X, [3, 4, 3, 3], { ...PADS, ...TWO }),
  conv("a kernel of 7 and stride 2", [2, 3, 9, 8], [4, 3, 7, 7], {
    pads: ints(3, 3, 3, 3),
    ...TWO,
  }),
  conv("a kernel of 1", X, [3, 4, 1, 1], {}),
  conv("a kernel of 1 and stride 2", X, [3, 4, 1, 1], TWO),
  conv("more padding than the kernel reaches", [1, 2, 3, 3], [2, 2, 1, 1], PADS),
  conv("padding at the end only", X, [3, 4, 3, 3], { pads: ints(0, 0, 1, 1), ...TWO }),
  {
    ...conv("the padding SAME_UPPER", [1, 2, 6, 6], [2, 2, 3, 3], {
      auto_pad: { text: "SAME_UPPER" },
      ...TWO,
    }),
    explicit: { pads: ints(0, 0, 1, 1), ...TWO },
  },
  conv("a dilated kernel", X, [2, 4, 3, 2], { dilations: ints(2, 1), pads: ints(2, 0, 2, 1) }),
  conv("kernels with more elements than the maps", [1, 4, 3, 4], [8, 4, 3, 3], {
    pads: ints(1, 0, 0, 2),
  }),
  conv("dilated kernels with more elements than the maps", [1, 4, 3, 5], [8, 4, 3, 3], {
    pads: ints(1, 1, 1, 0),
    dilations: ints(1, 2),
  }),
  conv("two groups", X, [6, 2, 3, 3], { ...PADS, group: int(2) }),
  conv("two groups and stride 2", X, [6, 2, 3, 3], { ...PADS, ...TWO, group: int(2) }),
  conv("each channel alone", X, [4, 1, 3, 3], { ...PADS, group: int(4) }),
  conv("each channel alone and stride 2", X, [4, 1, 3, 3], { ...PADS, ...TWO, group: int(4) }),
  conv("a depthwise kernel of 5", X, [4, 1, 5, 5], {
    pads: ints(1, 2, 2, 2),
    ...TWO,
    group: int(4),
  }),
  conv("two outputs for each channel", X, [8, 1, 3, 3], { ...PADS, group: int(4) }),
  {
    operator: "BatchNormalization",
    of: "statistics of the batch",
    inputs: [[3, 2, 4, 3], [2], [2]],
    statistics: 2,
  },
  plain("Relu", "positive and negative numbers", X),
  {
    operator: "Clip",
    of: "both bounds",
    inputs: [X],
    settings: [floats([], [-0.3]), floats([], [0.4])],
  },
  { operator: "Clip", of: "a lower bound", inputs: [X], settings: [floats([], [0.1])] },
  { operator: "Clip", of: "an upper bound", inputs: [X], settings: [undefined, floats([], [0.1])] },
  plain("Sigmoid", "numbers", X),
  plain("Identity", "numbers", X),
  plain("Dropout", "numbers", X),
  plain("Add", "equal shapes", X, X),
  plain("Add", "a bias for each channel", X, [4, 1, 1]),
  plain("Sub", "a repeated first input", [1, 4, 1, 1], X),
  plain("Mul", "equal shapes", X, X),
  plain("Mul", "a factor for each channel of each image", X, [2, 4, 1, 1]),
  plain("Div", "a divisor for each image", X, [2, 1, 1, 1]),
  {
    ...plain("Concat", "three tensors", X, [2, 1, 6, 5], [2, 3, 6, 5]),
    attributes: { axis: int(1) },
  },
  {
    ...plain("Split", "unequal parts", X),
    settings: [integers([1, 3])],
    attributes: { axis: int(1) },
    outputs: 2,
  },
  {
    ...plain("Split", "parts of which one is unused", X),
    settings: [integers([1, 2, 1])],
    attributes: { axis: int(1) },
    outputs: 3,
    unused: [1],
  },
  {
    ...plain("Slice", "two axes", X),
    settings: [integers([1, -4]), integers([3, 100]), integers([1, 2])],
  },
  { ...plain("Pad", "two axes", X), settings: [integers([0, 1, 0, 2, 0, 0, 1, 0])] },
  { ...plain("Reshape", "groups of channels", X), settings: [integers([0, 2, 2, 6, -1])] },
  { ...plain("Flatten", "the default axis", X) },
  { ...plain("Squeeze", "positions", [2, 4, 1, 1]), settings: [integers([2, 3])] },
  { ...plain("Unsqueeze", "positions", [2, 4]), settings: [integers([-1, 2])] },
  {
    ...plain("Transpose", "five axes", [2, 2, 3, 2, 4]),
    attributes: { perm: ints(0, 2, 1, 4, 3) },
  },
  pool("MaxPool", "overlapping windows", X, { kernel_shape: ints(3, 3), ...PADS, ...TWO }),
  pool("MaxPool", "a rounded-up number of windows", X, {
    kernel_shape: ints(2, 2),
    ...TWO,
    ceil_mode: int(1),
  }),
  pool("AveragePool", "overlapping windows", X, { kernel_shape: ints(3, 3), ...PADS, ...TWO }),
  pool("AveragePool", "windows with padding", X, {
    kernel_shape: ints(3, 3),
    ...PADS,
    count_include_pad: int(1),
  }),
  pool("AveragePool", "windows that leave a rest", [1, 2, 7, 7], {
    kernel_shape: ints(2, 2),
    ...TWO,
  }),
  plain("GlobalAveragePool", "positions", X),
  { ...plain("ReduceMean", "positions", X), attributes: { axes: ints(2, 3), keepdims: int(0) } },
  { ...plain("ReduceMean", "channels", X), attributes: { axes: ints(1) } },
  {
    ...plain("Gemm", "a transposed matrix and a bias", [3, 4], [5, 4], [5]),
    attributes: { transB: int(1) },
  },
  {
    ...plain("Gemm", "matrices", [3, 4], [4, 5], [3, 5]),
    attributes: { alpha: { float: 0.5 }, beta: { float: 2 } },
  },
  {
    ...plain("Gemm", "two transposed matrices", [4, 3], [5, 4], [1, 5]),
    attributes: { transA: int(1), transB: int(1) },
  },
  { ...plain("Gemm", "a transposed first matrix", [4, 3], [4, 5]), attributes: { transA: int(1) } },
  plain("MatMul", "matrices", [3, 4], [4, 5]),
  plain("MatMul", "several matrices with one", [2, 3, 4], [4, 5]),
];
