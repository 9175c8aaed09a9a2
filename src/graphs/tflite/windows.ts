/** Windows of convolutions and pools: how ONNX pads them, and how TensorFlow Lite does. */
import { type GraphNode, intOf, intsOf } from "../graph.ts";
import type { Padding, Stride } from "./tflite-graph.ts";

/** Rows or columns added at the top, the left, the bottom and the right. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];

export type Window = {
  /** What the operator itself pads. */
  readonly padding: Padding;
  /** What must be padded before it. */
  readonly pads: Pads;
  /** How far the windows reach beyond the image. */
  readonly reached: Pads;
  /** What ONNX pads; with `ceil_mode`, windows can reach further. */
  readonly onnxPads: Pads;
  readonly stride: Stride;
  readonly dilation: Stride;
  readonly output: Stride;
};

/** @param shape - of the input, NHWC */
export function readWindow(node: GraphNode, shape: readonly number[], kernel: Stride): Window {
  const [, height = 0, width = 0] = shape;
  const stride = readPair(node, "strides");
  const dilation = readPair(node, "dilations");
  const named = readAutoPad(node);
  const given = intsOf(node, "pads") ?? [0, 0, 0, 0];
  const isCeil = intOf(node, "ceil_mode", 0) === 1;
  const along = (axis: 0 | 1, side: keyof Stride, size: number) =>
    alongOneAxis({
      size,
      reach: (kernel[side] - 1) * dilation[side] + 1,
      stride: stride[side],
      pads: [given[axis] as number, given[axis + 2] as number],
      named,
      isCeil,
    });
  const rows = along(0, "height", height);
  const columns = along(1, "width", width);
  const reached = pair(rows.reached, columns.reached);
  const isSame = rows.isSame && columns.isSame && reached.some((count) => count > 0);
  return {
    padding: isSame ? "SAME" : "VALID",
    pads: isSame ? [0, 0, 0, 0] : reached,
    reached,
    onnxPads: pair(rows.pads, columns.pads),
    stride,
    dilation,
    output: { height: rows.output, width: columns.output },
  };
}

type Axis = {
  readonly size: number;
  /** From the first to the last element of a window. */
  readonly reach: number;
  readonly stride: number;
  readonly pads: readonly [before: number, after: number];
  readonly named: AutoPad;
  readonly isCeil: boolean;
};

const AUTO_PADS = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"] as const;
type AutoPad = (typeof AUTO_PADS)[number];

function alongOneAxis({ size, reach, stride, pads: given, named, isCeil }: Axis) {
  // SAME gives size / stride, and puts the odd row or column at the end.
  const same = Math.ceil(size / stride);
  const total = Math.max((same - 1) * stride + reach - size, 0);
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
  const pads = { NOTSET: given, VALID: [0, 0], SAME_UPPER: [less, more], SAME_LOWER: [more, less] };
  const [before = 0, after = 0] = pads[named];
  const steps = (size + before + after - reach) / stride;
  let output = (isCeil ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // A window must start in the image or in what is padded before it.
  if (isCeil && (output - 1) * stride >= size + before) output--;
  const end = Math.max((output - 1) * stride + reach - size - before, 0);
  const isSame = output === same && before === less && end === more;
  return { output, isSame, pads: [before, after], reached: [before, end] };
}

function pair(rows: readonly number[], columns: readonly number[]): Pads {
  return [rows[0] as number, columns[0] as number, rows[1] as number, columns[1] as number];
}

function readAutoPad({ attributes }: GraphNode): AutoPad {
  const { auto_pad: given } = attributes;
  const name = given && "text" in given ? given.text : "NOTSET";
  return AUTO_PADS.find((padding) => padding === name) ?? "NOTSET";
}

function readPair(node: GraphNode, name: string): Stride {
  const [height = 1, width = 1] = intsOf(node, name) ?? [];
  return { height, width };
}
