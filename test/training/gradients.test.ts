/**
 * Compares the gradient of each operator, computed in onnxruntime-node, with central differences of the operator in
 * float64.
 */
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { GraphNode } from "../../src/graphs/graph.ts";
import { writeGraph } from "../../src/graphs/onnx/write-model.ts";
import { addForward, differentiate } from "../../src/training/differentiate.ts";
import { OPERATORS } from "../../src/training/operators/operator-table.ts";
import { StepBuilder } from "../../src/training/step-builder.ts";
import { makeRandom } from "../support/made-up.ts";
import { CASES, type Case } from "./support/gradient-cases.ts";
import { type Numbers, REFERENCE } from "./support/reference-operators.ts";

/** The step of central differences. In float64, rounding and curvature both are below 1e-7 of the slope. */
const STEP = 1e-5;
/** Relative, and of the largest element for those near 0. */
const TOLERANCES = { relative: 1e-3, absolute: 1e-5 };

function makeNode({
  operator,
  inputs,
  settings = [],
  attributes = {},
  outputs = 1,
  statistics = 0,
}: Case): GraphNode {
  const further = settings.map((constant, i) => (constant ? `s${i}` : ""));
  const stored = Array.from({ length: statistics }, (_, i) => `stored${i}`);
  return {
    operator,
    domain: "",
    inputs: [...inputs.map((_, i) => `x${i}`), ...further, ...stored],
    outputs: Array.from({ length: outputs }, (_, i) => `y${i}`),
    attributes,
  };
}

async function runGradients(
  tested: Case,
  node: GraphNode,
  values: readonly Numbers[],
  factors: Numbers[],
) {
  const step = new StepBuilder();
  const feeds: Record<string, Tensor> = {};
  const feed = (name: string, { shape, data }: Numbers) => {
    feeds[step.input(name, shape)] = new Tensor("float32", Float32Array.from(data), [...shape]);
  };
  values.forEach((value, i) => {
    feed(`x${i}`, value);
  });
  tested.settings?.forEach((constant, i) => {
    if (constant) step.constant(`s${i}`, constant);
  });
  addForward(step, [node]);
  factors.forEach((factor, i) => {
    expect(step.shapeOf(`y${i}`).reduce((a, b) => a * b, 1)).toBe(factor.data.length);
    if (!tested.unused?.includes(i)) feed(`r${i}`, { ...factor, shape: step.shapeOf(`y${i}`) });
  });
  const seeds = new Map(
    node.outputs.flatMap((y, i) => (tested.unused?.includes(i) ? [] : [[y, `r${i}`] as const])),
  );
  const names = values.map((_, i) => `x${i}`);
  const gradients = differentiate(step, [node], seeds, names);
  const outputs = names.map((name) =>
    step.rename(gradients.get(name) as string, `${name}.gradient`),
  );
  for (const [i, name] of outputs.entries()) expect(step.shapeOf(name)).toEqual(values[i]?.shape);
  const session = await InferenceSession.create(
    writeGraph({
      name: "gradients",
      opsets: { "": 17 },
      inputs: step.inputs,
      outputs: outputs.map((name) => ({ name })),
      nodes: step.nodes,
      constants: step.constants,
    }),
    { logSeverityLevel: 3 },
  );
  const results = await session.run(feeds);
  await session.release();
  return outputs.map((name) => results[name]?.data as Float32Array);
}

function computeReference(tested: Case, node: GraphNode, values: readonly Numbers[]): Numbers[] {
  const settings = (tested.settings ?? []).map((constant) =>
    constant
      ? {
          shape: constant.shape,
          data: Float64Array.from(constant.data as ArrayLike<number>, Number),
        }
      : undefined,
  );
  const known = { ...node, attributes: tested.explicit ?? node.attributes };
  const result = REFERENCE[tested.operator]?.(known, [...values, ...settings] as Numbers[]) ?? [];
  return Array.isArray(result) ? result : [result];
}

describe("the gradient of", () => {
  it.each(CASES)("$operator, $of, equals central differences", async (tested) => {
    const random = makeRandom();
    const fill = (shape: readonly number[]): Numbers => ({
      shape,
      data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
        // Exact in float32, and a divisor is not near 0.
        const value = Math.fround(random() * 2 - 1);
        return tested.operator === "Div" ? Math.fround(value + Math.sign(value) * 0.5) : value;
      }),
    });
    const values = tested.inputs.map(fill);
    const node = makeNode(tested);
    const factors = computeReference(tested, node, values).map(({ shape }) => fill(shape));
    const loss = () => {
      const outputs = computeReference(tested, node, values);
      return outputs.reduce((sum, { data }, i) => {
        if (tested.unused?.includes(i)) return sum;
        return sum + data.reduce((part, y, at) => part + y * (factors[i]?.data[at] as number), 0);
      }, 0);
    };
    const found = await runGradients(tested, node, values, factors);
    for (const [input, { data }] of values.entries()) {
      // At most 24 elements of each, because each needs the operator twice.
      const stride = Math.max(1, Math.floor(data.length / 24));
      const largest = Math.max(...(found[input] ?? []).map(Math.abs));
      for (let at = 0; at < data.length; at += stride) {
        const value = data[at] as number;
        data[at] = value + STEP;
        const above = loss();
        data[at] = value - STEP;
        const slope = (above - loss()) / (2 * STEP);
        data[at] = value;
        const allowed = TOLERANCES.relative * Math.abs(slope) + TOLERANCES.absolute * largest;
        expect(Math.abs((found[input]?.[at] as number) - slope)).toBeLessThanOrEqual(allowed);
      }
    }
  });

  it("every operator in the table is tested", () => {
    const tested = new Set(CASES.map(({ operator }) => operator));
    // Only the shape of Resize is known.
    const untested = Object.keys(OPERATORS).filter((operator) => !tested.has(operator));
    expect(untested).toEqual(["Resize"]);
  });
});
