/** Operators that reduce positions: pooling and means. */
import { type GraphNode, intOf, intsOf } from "../../graphs/graph.ts";
import { type Shape, type StepBuilder, sizeOf } from "../step-builder.ts";
import type { Operator } from "./operator.ts";
import { readWindow, transposedAttributes, type Window } from "./window.ts";

/** MaxPool. Each gradient goes to the element that was the largest, which the operator itself tells by its index. */
export const maxPool: Operator = {
  shapes: (step, node) => [pooledShape(step, node)],
  forward: (step, node) => {
    const shape = pooledShape(step, node);
    const [y = ""] = node.outputs;
    step.copy({ ...node, outputs: [y, indicesOf(y)] }, [shape, shape]);
  },
  backward: ({ step, node, gradient }) => {
    const [x = ""] = node.inputs;
    const shape = step.shapeOf(x);
    const flat = [sizeOf(step.shapeOf(gradient))];
    const inputs = [
      step.zeros([sizeOf(shape)]),
      step.reshape(indicesOf(node.outputs[0] as string), flat),
      step.reshape(gradient, flat),
    ];
    const scattered = step.add("ScatterElements", inputs, [sizeOf(shape)], {
      axis: { int: 0 },
      reduction: { text: "add" },
    });
    return [step.reshape(scattered, shape)];
  },
};

/** AveragePool. Each gradient is spread over its window. */
export const averagePool: Operator = {
  shapes: (step, node) => [pooledShape(step, node)],
  backward: ({ step, node, gradient }) => {
    const [x = ""] = node.inputs;
    const [batch = 0, channels = 0, ...sides] = step.shapeOf(x);
    const window = windowOf(step, node);
    const counts = step.floats(
      [1, 1, ...window.output],
      countElements(window, intOf(node, "count_include_pad", 0) === 1),
    );
    const shares = step.reshape(step.combine("Div", gradient, counts), [
      batch * channels,
      1,
      ...window.output,
    ]);
    const [vertical, horizontal] = window.kernel;
    const ones = step.floats([1, 1, vertical, horizontal], Array(vertical * horizontal).fill(1));
    const spread = step.add(
      "ConvTranspose",
      [shares, ones],
      [batch * channels, 1, ...sides],
      transposedAttributes(window),
    );
    return [step.reshape(spread, step.shapeOf(x))];
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

function meanAxes(step: StepBuilder, node: GraphNode): readonly number[] {
  const { length } = step.shapeOf(node.inputs[0] as string);
  const all = Array.from({ length }, (_, axis) => axis);
  if (node.operator === "GlobalAveragePool") return all.slice(2);
  // An attribute up to operator set 17, and an input after it.
  const axes = intsOf(node, "axes") ?? step.integersOf(node.inputs[1]) ?? all;
  return axes.map((axis) => (axis < 0 ? axis + length : axis));
}

function indicesOf(output: string): string {
  return `${output}.indices`;
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
