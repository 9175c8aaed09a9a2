/** Products of matrices. */
import { floatOf, type GraphNode, intOf } from "../../graphs/graph.ts";
import { broadcast, type StepBuilder } from "../step-builder.ts";
import type { Operator } from "./operator.ts";
import { refuse } from "./refuse.ts";

/** Gemm: α·A·B + β·C, with A and B transposed if the node says so. */
export const gemm: Operator = {
  shapes: (step, node) => {
    const [a = "", b = ""] = node.inputs;
    const [transA, transB] = transposed(node);
    return [[step.shapeOf(a)[transA ? 1 : 0] as number, step.shapeOf(b)[transB ? 0 : 1] as number]];
  },
  backward: ({ step, node, gradient, needs }) => {
    const [a = "", b = "", c = ""] = node.inputs;
    const [transA, transB] = transposed(node);
    const alpha = floatOf(node, "alpha", 1);
    const multiply = (
      left: string,
      turnLeft: boolean,
      right: string,
      turnRight: boolean,
      like: string,
    ) =>
      step.add("Gemm", [left, right], step.shapeOf(like), {
        alpha: { float: alpha },
        transA: { int: turnLeft ? 1 : 0 },
        transB: { int: turnRight ? 1 : 0 },
      });
    return [
      needs(0)
        ? transA
          ? multiply(b, transB, gradient, true, a)
          : multiply(gradient, false, b, !transB, a)
        : undefined,
      needs(1)
        ? transB
          ? multiply(gradient, true, a, transA, b)
          : multiply(a, !transA, gradient, false, b)
        : undefined,
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
    return [[...broadcast(a.slice(0, -2), b.slice(0, -2)), a.at(-2) as number, b.at(-1) as number]];
  },
  backward: ({ step, node, gradient, needs }) => {
    const [a = "", b = ""] = node.inputs;
    return [
      needs(0) ? multiplyLike(step, gradient, turn(step, b), a) : undefined,
      needs(1) ? multiplyLike(step, turn(step, a), gradient, b) : undefined,
    ];
  },
};

function transposed(node: GraphNode): readonly [boolean, boolean] {
  return [intOf(node, "transA", 0) === 1, intOf(node, "transB", 0) === 1];
}

/** Exchanges the last two axes. */
function turn(step: StepBuilder, tensor: string): string {
  const { length } = step.shapeOf(tensor);
  const axes = Array.from({ length }, (_, axis) => axis);
  return step.transpose(tensor, [...axes.slice(0, -2), length - 1, length - 2]);
}

function multiplyLike(step: StepBuilder, left: string, right: string, like: string): string {
  const [a, b] = [step.shapeOf(left), step.shapeOf(right)];
  const shape = [
    ...broadcast(a.slice(0, -2), b.slice(0, -2)),
    a.at(-2) as number,
    b.at(-1) as number,
  ];
  return step.unbroadcast(step.add("MatMul", [left, right], shape), step.shapeOf(like));
}
