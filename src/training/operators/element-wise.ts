/** Operators that compute each element of the output from one element of each input. */
import { type GraphNode, makeNode } from "../../graphs/graph.ts";
import { broadcast, type StepBuilder } from "../step-builder.ts";
import type { BackwardCall, Operator } from "./operator.ts";

const sameShape: Operator["shapes"] = (step, { inputs: [x = ""] }) => [step.shapeOf(x)];
const broadcastShape: Operator["shapes"] = (step, { inputs: [a = "", b = ""] }) => [
  broadcast(step.shapeOf(a), step.shapeOf(b)),
];

/** Identity, and Dropout as it works outside of training. */
export const identity: Operator = {
  shapes: sameShape,
  backward: ({ gradient }) => [gradient],
};

export const dropout: Operator = {
  ...identity,
  forward: (step, { inputs: [x = ""], outputs: [y = ""] }) =>
    step.copy(makeNode("Identity", [x], y), [step.shapeOf(x)]),
};

export const relu: Operator = {
  shapes: sameShape,
  // The sign of the output is 1 or 0.
  backward: ({ step, node: { outputs }, gradient }) => [
    step.combine("Mul", gradient, step.map("Sign", outputs[0] as string)),
  ],
};

/** Clip; the gradient is 0 at the bounds, as that of PyTorch's ReLU6 is. */
export const clip: Operator = {
  shapes: sameShape,
  backward: ({ step, node, gradient }) => {
    const [x = "", low = "", high = ""] = node.inputs;
    const inside = [
      ...(low === "" ? [] : [compare(step, "Greater", x, low)]),
      ...(high === "" ? [] : [compare(step, "Less", x, high)]),
    ];
    const [first, second = first] = inside;
    if (first === undefined || second === undefined) return [gradient];
    const shape = step.shapeOf(x);
    const both = inside.length > 1 ? step.add("And", [first, second], shape) : first;
    const factor = step.add("Cast", [both], shape, { to: { int: FLOAT } });
    return [step.combine("Mul", gradient, factor)];
  },
};

export const sigmoid: Operator = {
  shapes: sameShape,
  backward: ({ step, node: { outputs }, gradient }) => {
    const y = outputs[0] as string;
    const slope = step.combine("Sub", y, step.combine("Mul", y, y));
    return [step.combine("Mul", gradient, slope)];
  },
};

export const add: Operator = {
  shapes: broadcastShape,
  backward: (call) => eachInput(call, () => call.gradient),
};

export const subtract: Operator = {
  shapes: broadcastShape,
  backward: (call) =>
    eachInput(call, (input) => (input === 0 ? call.gradient : call.step.map("Neg", call.gradient))),
};

export const multiply: Operator = {
  shapes: broadcastShape,
  backward: (call) =>
    eachInput(call, (input) => {
      const other = call.node.inputs[1 - input] as string;
      return call.step.combine("Mul", call.gradient, other);
    }),
};

export const divide: Operator = {
  shapes: broadcastShape,
  backward: (call) =>
    eachInput(call, (input) => {
      const { step, node, gradient } = call;
      const [, divisor = ""] = node.inputs;
      const share = step.combine("Div", gradient, divisor);
      if (input === 0) return share;
      return step.map("Neg", step.combine("Mul", share, node.outputs[0] as string));
    }),
};

/** The number of float32 in ONNX. */
const FLOAT = 1;

function compare(step: StepBuilder, operator: string, x: string, bound: string): string {
  return step.add(operator, [x, bound], step.shapeOf(x));
}

/** Gradients of the two inputs, summed over the axes along which an input was repeated. */
function eachInput(
  { step, node, needs }: BackwardCall & { readonly node: GraphNode },
  differentiate: (input: number) => string,
): (string | undefined)[] {
  return node.inputs.map((name, input) =>
    needs(input) ? step.unbroadcast(differentiate(input), step.shapeOf(name)) : undefined,
  );
}
