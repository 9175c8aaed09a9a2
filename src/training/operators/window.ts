/** The sliding window of a convolution or a pooling. */
import { type GraphNode, intOf, intsOf } from "../../graphs/graph.ts";
import type { Shape, StepBuilder } from "../step-builder.ts";

/** Lists of [vertical, horizontal]. */
export type Window = {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** Padding before and after the input. */
  readonly begin: readonly [number, number];
  readonly end: readonly [number, number];
  /** The sides of the input and of the output. */
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
};

/** @param input - the shape of the input, [N, C, H, W] */
export function readWindow(node: GraphNode, input: Shape, kernel: readonly number[]): Window {
  const strides = intsOf(node, "strides") ?? [1, 1];
  const dilations = intsOf(node, "dilations") ?? [1, 1];
  const pads = intsOf(node, "pads") ?? [0, 0, 0, 0];
  const auto = node.attributes.auto_pad;
  const mode = auto && "text" in auto ? auto.text : "NOTSET";
  const sides = [0, 1].map((axis) => {
    const side = input[axis + 2] as number;
    const stride = strides[axis] as number;
    const reach = ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
    let [begin = 0, end = 0] = mode === "VALID" ? [0, 0] : [pads[axis], pads[axis + 2]];
    if (mode.startsWith("SAME")) {
      const total = Math.max(0, (Math.ceil(side / stride) - 1) * stride + reach - side);
      const less = Math.floor(total / 2);
      [begin, end] = mode === "SAME_UPPER" ? [less, total - less] : [total - less, less];
    }
    const steps = (side + begin + end - reach) / stride;
    let output = Math.floor(steps) + 1;
    if (intOf(node, "ceil_mode", 0) === 1) {
      output = Math.ceil(steps) + 1;
      // As in PyTorch, no window starts in the zeros after the input.
      if ((output - 1) * stride >= side + begin) output--;
    }
    return { side, stride, begin, end, output };
  });
  const pair = <Key extends "side" | "stride" | "begin" | "end" | "output">(key: Key) =>
    sides.map((side) => side[key]) as [number, number];
  return {
    kernel: [kernel[0] as number, kernel[1] as number],
    strides: pair("stride"),
    dilations: [dilations[0] as number, dilations[1] as number],
    begin: pair("begin"),
    end: pair("end"),
    input: pair("side"),
    output: pair("output"),
  };
}

/**
 * The attributes of the ConvTranspose that spreads a gradient over the input: its output has the sides of the
 * input. Where no window reaches the end of the input, zeros are added.
 */
export function transposedAttributes(window: Window) {
  const { kernel, strides, dilations, begin, input, output } = window;
  const ends = [0, 1].map((axis) => {
    const reach = ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
    const total = ((output[axis] as number) - 1) * (strides[axis] as number) + reach;
    return total - (begin[axis] as number) - (input[axis] as number);
  });
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: [...begin, ...ends.map((end) => Math.max(0, end))] },
    output_padding: { ints: ends.map((end) => Math.max(0, -end)) },
  };
}

/**
 * Takes the input values that each element of the window covers, at all positions of the window.
 *
 * @param x - [A, B, H, W]
 * @param padding - what lies around the input
 * @returns [A, B, h, w] for each element, row by row
 */
export function takeTaps(step: StepBuilder, x: string, window: Window, padding = 0): string[] {
  const { kernel, strides, dilations, output } = window;
  const [vertical, horizontal] = kernel;
  const [strideY, strideX] = strides;
  const padded = padForTaps(step, x, window, padding);
  const width = step.shapeOf(padded)[3] as number;
  return Array.from({ length: vertical * horizontal }, (_, tap) => {
    const row = Math.floor(tap / horizontal) * dilations[0];
    const column = (tap % horizontal) * dilations[1];
    // Strided copies within rows are slow in ONNX Runtime, so all rows of the window share them.
    const columns = step.slice(padded, [
      { axis: 3, start: column % strideX, count: width / strideX, step: strideX },
    ]);
    return step.slice(columns, [
      { axis: 2, start: row, count: output[0], step: strideY },
      { axis: 3, start: Math.floor(column / strideX), count: output[1] },
    ]);
  });
}

/** Pads or cuts the input to what the windows cover, with a width that is a multiple of the stride. */
function padForTaps(step: StepBuilder, x: string, window: Window, padding: number): string {
  const { kernel, strides, dilations, begin, input, output } = window;
  const sides = ([0, 1] as const).map((axis) => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    const needed = (output[axis] - 1) * strides[axis] + reach;
    return axis === 1 ? Math.ceil(needed / strides[1]) * strides[1] : needed;
  });
  const missing = sides.map((side, axis) =>
    Math.max(0, side - begin[axis as 0] - input[axis as 0]),
  );
  const padded = step.pad(x, [0, 0, ...begin], [0, 0, ...missing], padding);
  return step.slice(
    padded,
    sides.map((count, axis) => ({ axis: axis + 2, start: 0, count })),
  );
}
