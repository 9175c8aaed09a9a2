/** Windows of convolutions and pools: how ONNX pads them, and how TensorFlow Lite does. */
import { type GraphNode, intsOf } from "../graph.ts";
import type { Padding, Stride } from "./tflite-graph.ts";

/** Rows or columns added at the top, the left, the bottom and the right. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];

export type Window = {
  /** What the operator itself pads. */
  readonly padding: Padding;
  /** What must be padded before it. */
  readonly pads: Pads;
  readonly stride: Stride;
  readonly dilation: Stride;
  readonly output: Stride;
};

/** @param shape - of the input, NHWC */
export function readWindow(node: GraphNode, shape: readonly number[], kernel: Stride): Window {
  const [, height = 0, width = 0] = shape;
  const pads = (intsOf(node, "pads") ?? [0, 0, 0, 0]) as Pads;
  const stride = readPair(node, "strides");
  const dilation = readPair(node, "dilations");
  const rows = alongOneAxis(
    height,
    kernel.height,
    stride.height,
    dilation.height,
    pads[0],
    pads[2],
  );
  const columns = alongOneAxis(width, kernel.width, stride.width, dilation.width, pads[1], pads[3]);
  const isSame = rows.isSame && columns.isSame && pads.some((count) => count > 0);
  return {
    padding: isSame ? "SAME" : "VALID",
    pads: isSame ? [0, 0, 0, 0] : pads,
    stride,
    dilation,
    output: { height: rows.output, width: columns.output },
  };
}

function alongOneAxis(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  before: number,
  after: number,
) {
  const reach = (kernel - 1) * dilation + 1;
  const output = Math.floor((size + before + after - reach) / stride) + 1;
  // SAME gives size / stride, and puts the odd row or column at the end.
  const same = Math.ceil(size / stride);
  const total = Math.max((same - 1) * stride + reach - size, 0);
  const isSame = output === same && before === Math.floor(total / 2) && after === total - before;
  return { output, isSame };
}

function readPair(node: GraphNode, name: string): Stride {
  const [height = 1, width = 1] = intsOf(node, name) ?? [];
  return { height, width };
}
