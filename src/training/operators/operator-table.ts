/** The operators that can be differentiated. To add one, write its row and test it (docs/training-steps.md). */
import { batchNormalisation } from "./batch-normalisation.ts";
import { convolution } from "./convolution.ts";
import {
  add,
  clip,
  divide,
  dropout,
  identity,
  multiply,
  relu,
  sigmoid,
  subtract,
} from "./element-wise.ts";
import { gemm, matMul } from "./linear.ts";
import {
  concat,
  flatten,
  pad,
  reshape,
  slice,
  split,
  squeeze,
  transpose,
  unsqueeze,
} from "./moves.ts";
import type { Operator } from "./operator.ts";
import { averagePool, maxPool, mean } from "./pooling.ts";
import { resize } from "./resize.ts";

export const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: add,
  AveragePool: averagePool,
  BatchNormalization: batchNormalisation,
  Clip: clip,
  Concat: concat,
  Conv: convolution,
  Div: divide,
  Dropout: dropout,
  Flatten: flatten,
  Gemm: gemm,
  GlobalAveragePool: mean,
  Identity: identity,
  MatMul: matMul,
  MaxPool: maxPool,
  Mul: multiply,
  Pad: pad,
  ReduceMean: mean,
  Relu: relu,
  Reshape: reshape,
  Resize: resize,
  Sigmoid: sigmoid,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Sub: subtract,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
