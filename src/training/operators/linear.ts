/** Products of matrices. */
import { floatOf, type GraphNode, intOf, makeNode } from "../../graphs/graph.ts";
import { broadcast, type Shape, type StepBuilder } from "../step-builder.ts";
import type { Operator } from "./operator.ts";
import { refuse } from "./refuse.ts";

/** Gemm: α·A·B + β·C, with A and B transposed if the node says so. */
export const gemm: Operator = {
  shapes: (step, node) => {
    const { left, right } = operandsOf(step, node);
    return [productShape(step.shapeOf(left), step.shapeOf(right))];
  },
  forward: (step, node) => {
    const { left, right } = operandsOf(step, node);
    const [, , c = ""] = node.inputs;
    const product = step.scale(multiply(step, left, right), floatOf(node, "alpha", 1));
    const scaled = c === "" ? "" : step.scale(c, floatOf(node, "beta", 1));
    copyTo(step, node, c === "" ? product : step.combine("Add", product, scaled));
  },
  backward: ({ step, node, gradient, needs }) => {
    const [, , c = ""] = node.inputs;
    const { left, right, turnsLeft, turnsRight } = operandsOf(step, node);
    const scaled = step.scale(gradient, floatOf(node, "alpha", 1));
    const turnIf = (turned: boolean, product: string) => (turned ? turn(step, product) : product);
    return [
      needs(0) ? turnIf(turnsLeft, multiply(step, scaled, turn(step, right))) : undefined,
      needs(1) ? turnIf(turnsRight, multiply(step, turn(step, left), scaled)) : undefined,
      needs(2)
        ? step.scale(step.unbroadcast(gradient, step.shapeOf(c)), floatOf(node, "beta", 1))
        : undefined,
    ];
  },
};

/** MatMul of tensors with two or more dimensions. */
export const matMul: Operator = {
  shapes: (step, node) => {
    const [a = [], b = []] = node.inputs.map((name) => step.shapeOf(name));
    if (a.length < 2 || b.length < 2) throw refuse(node, "one of its inputs is a vector");
    return [productShape(a, b)];
  },
  forward: (step, node) => {
    const [a = "", b = ""] = node.inputs;
    copyTo(step, node, multiply(step, a, b));
  },
  backward: ({ step, node, gradient, needs }) => {
    const [a = "", b = ""] = node.inputs;
    const like = (name: string, product: string) => step.unbroadcast(product, step.shapeOf(name));
    return [
      needs(0) ? like(a, multiply(step, gradient, turn(step, b))) : undefined,
      needs(1) ? like(b, multiply(step, turn(step, a), gradient)) : undefined,
    ];
  },
};

/**
 * Multiplies matrices so that the result does not depend on the number of threads. ONNX Runtime gives each thread
 * some of the rows if there are at least as many rows as columns. Otherwise it gives each some of the columns, and
 * with few columns it adds up in another order. The transposed product is therefore computed if it has more rows.
 */
export function multiply(step: StepBuilder, left: string, right: string): string {
  const [a, b] = [step.shapeOf(left), step.shapeOf(right)];
  if ((a.at(-2) as number) >= (b.at(-1) as number)) {
    return step.add("MatMul", [left, right], productShape(a, b));
  }
  const [first, second] = [turn(step, right), turn(step, left)];
  const shape = productShape(step.shapeOf(first), step.shapeOf(second));
  return turn(step, step.add("MatMul", [first, second], shape));
}

/** Exchanges the last two axes. */
export function turn(step: StepBuilder, tensor: string): string {
  const { length } = step.shapeOf(tensor);
  const axes = Array.from({ length }, (_, axis) => axis);
  return step.transpose(tensor, [...axes.slice(0, -2), length - 1, length - 2]);
}

/** The two matrices that a Gemm multiplies. */
function operandsOf(step: StepBuilder, node: GraphNode) {
  const [a = "", b = ""] = node.inputs;
  const turnsLeft = intOf(node, "transA", 0) === 1;
  const turnsRight = intOf(node, "transB", 0) === 1;
  return {
    left: turnsLeft ? turn(step, a) : a,
    right: turnsRight ? turn(step, b) : b,
    turnsLeft,
    turnsRight,
  };
}

function productShape(a: Shape, b: Shape): Shape {
  return [...broadcast(a.slice(0, -2), b.slice(0, -2)), a.at(-2) as number, b.at(-1) as number];
}

/** Gives a tensor the name of a node's output. */
function copyTo(step: StepBuilder, node: GraphNode, tensor: string): void {
  step.copy(makeNode("Identity", [tensor], node.outputs[0] as string), [step.shapeOf(tensor)]);
}
