/** Operators that move elements and compute nothing. Channel shuffles are made of these. */
import { type GraphNode, intOf, intsOf, makeNode } from "../../graphs/graph.ts";
import { type Shape, type StepBuilder, sizeOf } from "../step-builder.ts";
import type { Operator } from "./operator.ts";
import { refuse } from "./refuse.ts";

/** The gradient has the same elements in the shape of the input. */
const moveBack: Operator["backward"] = ({ step, node: { inputs }, gradient }) => [
  step.reshape(gradient, step.shapeOf(inputs[0] as string)),
];

/** Makes all operators that keep the order of the elements the same one. */
function reshapeTo(step: StepBuilder, { inputs: [x = ""], outputs }: GraphNode, shape: Shape) {
  step.copy(makeNode("Reshape", [x, step.integers(shape)], outputs[0] as string), [shape]);
}

function orderKeeping(shapeOf: (step: StepBuilder, node: GraphNode) => Shape): Operator {
  return {
    shapes: (step, node) => [shapeOf(step, node)],
    forward: (step, node) => reshapeTo(step, node, shapeOf(step, node)),
    backward: moveBack,
  };
}

export const reshape = orderKeeping((step, node) => {
  const [x = "", target] = node.inputs;
  const from = step.shapeOf(x);
  const sides = step.integersOf(target);
  if (!sides) throw refuse(node, "its shape is computed from the image");
  const copied = sides.map((side, axis) => (side === 0 ? (from[axis] as number) : side));
  const known = copied.reduce((product, side) => (side === -1 ? product : product * side), 1);
  return copied.map((side) => (side === -1 ? sizeOf(from) / known : side));
});

export const flatten = orderKeeping((step, node) => {
  const from = step.shapeOf(node.inputs[0] as string);
  const axis = wrap(intOf(node, "axis", 1), from.length);
  return [sizeOf(from.slice(0, axis)), sizeOf(from.slice(axis))];
});

export const squeeze = orderKeeping((step, node) => {
  const from = step.shapeOf(node.inputs[0] as string);
  const axes = axesOf(step, node).map((axis) => wrap(axis, from.length));
  return from.filter((side, axis) =>
    axes.length > 0 ? !axes.includes(axis) : axis === 0 || side !== 1,
  );
});

export const unsqueeze = orderKeeping((step, node) => {
  const rest = [...step.shapeOf(node.inputs[0] as string)];
  const axes = axesOf(step, node);
  const length = rest.length + axes.length;
  const added = axes.map((axis) => wrap(axis, length));
  return Array.from({ length }, (_, axis) => (added.includes(axis) ? 1 : (rest.shift() as number)));
});

export const transpose: Operator = {
  shapes: (step, node) => {
    const from = step.shapeOf(node.inputs[0] as string);
    return [orderOf(node, from.length).map((axis) => from[axis] as number)];
  },
  backward: ({ step, node, gradient }) => {
    const order = orderOf(node, step.shapeOf(gradient).length);
    return [
      step.transpose(
        gradient,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
  },
};

export const concat: Operator = {
  shapes: (step, node) => {
    const shape = [...step.shapeOf(node.inputs[0] as string)];
    const axis = wrap(intOf(node, "axis", 0), shape.length);
    shape[axis] = node.inputs.reduce((sum, x) => sum + (step.shapeOf(x)[axis] as number), 0);
    return [shape];
  },
  backward: ({ step, node, gradient, needs }) => {
    const axis = wrap(intOf(node, "axis", 0), step.shapeOf(gradient).length);
    let start = 0;
    return node.inputs.map((x, input) => {
      const count = step.shapeOf(x)[axis] as number;
      start += count;
      return needs(input)
        ? step.slice(gradient, [{ axis, start: start - count, count }])
        : undefined;
    });
  },
};

export const split: Operator = {
  shapes: (step, node) => {
    const from = step.shapeOf(node.inputs[0] as string);
    const axis = wrap(intOf(node, "axis", 0), from.length);
    const side = from[axis] as number;
    const equal = Math.ceil(side / node.outputs.length);
    const parts = step.integersOf(node.inputs[1]);
    return node.outputs.map((_, i) => {
      const part = parts?.[i] ?? Math.min(equal, side - i * equal);
      return from.map((other, at) => (at === axis ? part : other));
    });
  },
  backward: ({ step, node, gradients }) => {
    const axis = wrap(intOf(node, "axis", 0), step.shapeOf(node.inputs[0] as string).length);
    const parts = node.outputs.map((output, i) => gradients[i] ?? step.zeros(step.shapeOf(output)));
    return [step.concat(parts, axis)];
  },
};

export const slice: Operator = {
  shapes: (step, node) => {
    const shape = [...step.shapeOf(node.inputs[0] as string)];
    for (const { axis, start, end, skip } of rangesOf(step, node)) {
      shape[axis] = Math.ceil((end - start) / skip);
    }
    return [shape];
  },
  backward: ({ step, node, gradient }) => {
    const from = step.shapeOf(node.inputs[0] as string);
    const [begin, end] = [from.map(() => 0), from.map(() => 0)];
    for (const range of rangesOf(step, node)) {
      if (range.skip !== 1) throw refuse(node, "it skips elements");
      begin[range.axis] = range.start;
      end[range.axis] = (from[range.axis] as number) - range.end;
    }
    return [step.pad(gradient, begin, end)];
  },
};

/** Pad with a constant; other modes only where no gradient is needed. */
export const pad: Operator = {
  shapes: (step, node) => {
    const { begin, end } = padsOf(step, node);
    return [
      step
        .shapeOf(node.inputs[0] as string)
        .map((side, i) => side + (begin[i] ?? 0) + (end[i] ?? 0)),
    ];
  },
  backward: ({ step, node, gradient }) => {
    const { begin, mode } = padsOf(step, node);
    if (mode !== "constant") throw refuse(node, `it pads in the mode ${mode}`);
    const ranges = step
      .shapeOf(node.inputs[0] as string)
      .map((count, axis) => ({ axis, start: begin[axis] ?? 0, count }));
    return [step.slice(gradient, ranges)];
  },
};

function padsOf(step: StepBuilder, node: GraphNode) {
  const pads = step.integersOf(node.inputs[1]);
  const { mode } = node.attributes;
  if (!pads || (node.inputs[3] ?? "") !== "" || pads.some((count) => count < 0)) {
    throw refuse(node, "it does not add a fixed number of elements on each axis");
  }
  return {
    begin: pads.slice(0, pads.length / 2),
    end: pads.slice(pads.length / 2),
    mode: mode && "text" in mode ? mode.text : "constant",
  };
}

function rangesOf(step: StepBuilder, node: GraphNode) {
  const shape = step.shapeOf(node.inputs[0] as string);
  const [starts, ends, axes, steps] = node.inputs.slice(1).map((name) => step.integersOf(name));
  if (!starts || !ends) throw refuse(node, "its range is computed from the image");
  if (steps?.some((size) => size < 1)) throw refuse(node, "it reverses elements");
  return starts.map((first, i) => {
    const axis = wrap(axes?.[i] ?? i, shape.length);
    const side = shape[axis] as number;
    const place = (at: number) => Math.min(side, Math.max(0, at < 0 ? at + side : at));
    return { axis, start: place(first), end: place(ends[i] as number), skip: steps?.[i] ?? 1 };
  });
}

function orderOf(node: GraphNode, length: number): readonly number[] {
  return intsOf(node, "perm") ?? Array.from({ length }, (_, axis) => length - 1 - axis);
}

/** The axes of a node, which are an input since operator set 13, and an attribute before. */
function axesOf(step: StepBuilder, node: GraphNode): readonly number[] {
  return step.integersOf(node.inputs[1]) ?? intsOf(node, "axes") ?? [];
}

function wrap(axis: number, length: number): number {
  return axis < 0 ? axis + length : axis;
}
