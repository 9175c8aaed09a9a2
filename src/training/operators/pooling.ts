/** Operators that reduce positions: pooling and means. */
import { type GraphNode, intOf, intsOf } from "../../graphs/graph.ts";
import { type Shape, type StepBuilder, sizeOf } from "../step-builder.ts";
import type { Operator } from "./operator.ts";
import { readWindow, takeTaps, transposedAttributes, type Window } from "./window.ts";

/** The lowest float32, so that padding is never the maximum of a window. */
const LOWEST = -3.4028234663852886e38;

/**
 * MaxPool. Each gradient goes to the first maximum of its window. ONNX Runtime has no MaxPool with indices for WebGPU,
 * so the elements of the window are compared with the maximum, one after the other.
 */
export const maxPool: Operator = {
  shapes: (step, node) => [pooledShape(step, node)],
  backward: ({ step, node, gradient }) => {
    const [x = ""] = node.inputs;
    const [y = ""] = node.outputs;
    const window = windowOf(step, node);
    const pooled = step.shapeOf(y);
    const zero = step.scalar(0);
    let remaining = gradient;
    const shares = takeTaps(step, x, window, LOWEST).map((seen) => {
      const isLargest = step.add("Equal", [seen, y], pooled);
      const share = step.add("Where", [isLargest, remaining, zero], pooled);
      remaining = step.add("Where", [isLargest, zero, remaining], pooled);
      return share;
    });
    const places = shares.flatMap((_, i) => shares.map((_, k) => (k === i ? 1 : 0)));
    return [spread(step, x, window, shares, places)];
  },
};

/** AveragePool. Each gradient is spread over its window. */
export const averagePool: Operator = {
  shapes: (step, node) => [pooledShape(step, node)],
  backward: ({ step, node, gradient }) => {
    const [x = ""] = node.inputs;
    const window = windowOf(step, node);
    const counts = step.floats(
      [1, 1, ...window.output],
      countElements(window, intOf(node, "count_include_pad", 0) === 1),
    );
    const share = step.combine("Div", gradient, counts);
    const [vertical, horizontal] = window.kernel;
    return [spread(step, x, window, [share], Array(vertical * horizontal).fill(1))];
  },
};

/** ReduceMean, and GlobalAveragePool, which is the mean over positions. */
export const mean: Operator = {
  shapes: (step, node) => {
    const axes = meanAxes(step, node);
    const keep = node.operator === "GlobalAveragePool" || intOf(node, "keepdims", 1) === 1;
    const from = step.shapeOf(node.inputs[0] as string);
    return [from.flatMap((side, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [side]))];
  },
  backward: ({ step, node, gradient }) => {
    const axes = meanAxes(step, node);
    const from = step.shapeOf(node.inputs[0] as string);
    const kept = from.map((side, axis) => (axes.includes(axis) ? 1 : side));
    const count = sizeOf(axes.map((axis) => from[axis] as number));
    return [step.expand(step.reshape(step.scale(gradient, 1 / count), kept), from)];
  },
};

/**
 * Adds up, for each element of the input, the shares of all windows that cover it.
 *
 * @param shares - [N, C, h, w] each
 * @param places - how much of each share the places of the window get, [shares, kernel height, kernel width]
 * @returns [N, C, H, W]
 */
function spread(
  step: StepBuilder,
  x: string,
  window: Window,
  shares: readonly string[],
  places: readonly number[],
): string {
  const shape = step.shapeOf(x);
  const [batch = 0, channels = 0, ...sides] = shape;
  const images = batch * channels;
  const stacked = step.concat(
    shares.map((share) => step.reshape(share, [images, 1, ...window.output])),
    1,
  );
  const weights = step.floats([shares.length, 1, ...window.kernel], places);
  const attributes = transposedAttributes(window);
  const sums = step.add("ConvTranspose", [stacked, weights], [images, 1, ...sides], attributes);
  return step.reshape(sums, shape);
}

function meanAxes(step: StepBuilder, node: GraphNode): readonly number[] {
  const { length } = step.shapeOf(node.inputs[0] as string);
  const all = Array.from({ length }, (_, axis) => axis);
  if (node.operator === "GlobalAveragePool") return all.slice(2);
  // An attribute up to operator set 17, and an input after it.
  const axes = intsOf(node, "axes") ?? step.integersOf(node.inputs[1]) ?? all;
  return axes.map((axis) => (axis < 0 ? axis + length : axis));
}

function windowOf(step: StepBuilder, node: GraphNode): Window {
  const kernel = intsOf(node, "kernel_shape") ?? [];
  return readWindow(node, step.shapeOf(node.inputs[0] as string), kernel);
}

function pooledShape(step: StepBuilder, node: GraphNode): Shape {
  const [batch = 0, channels = 0] = step.shapeOf(node.inputs[0] as string);
  return [batch, channels, ...windowOf(step, node).output];
}

/** How many elements each mean is of, for each position of the window. */
function countElements(window: Window, withPadding: boolean): number[] {
  const counts = [0, 1].map((axis) =>
    Array.from({ length: window.output[axis as 0] }, (_, at) => {
      const { kernel, strides, dilations, begin, end, input } = window;
      const side = input[axis as 0];
      const first = at * strides[axis as 0] - begin[axis as 0];
      const places = Array.from(
        { length: kernel[axis as 0] },
        (_, k) => first + k * dilations[axis as 0],
      );
      // What lies after the padding, because the number of windows was rounded up, never counts.
      const last = withPadding ? side + end[axis as 0] : side;
      return places.filter((place) => place < last && (withPadding || place >= 0)).length;
    }),
  );
  const [vertical = [], horizontal = []] = counts;
  return vertical.flatMap((rows) => horizontal.map((columns) => rows * columns));
}
