import { InferenceSession, Tensor } from "onnxruntime-node";
import { writeGraph } from "../../../src/graphs/onnx/write-model.ts";
import type { StepBuilder } from "../../../src/training/step-builder.ts";

/** Runs what a builder has, once, and returns the values of some of its tensors. */
export async function runStep(
  step: StepBuilder,
  feeds: Readonly<Record<string, readonly number[] | Float32Array>>,
  outputs: readonly string[],
): Promise<Float32Array[]> {
  const session = await InferenceSession.create(
    writeGraph({
      name: "step",
      opsets: { "": 17 },
      inputs: step.inputs,
      outputs: outputs.map((name) => ({ name })),
      nodes: step.nodes,
      constants: step.constants,
    }),
    { logSeverityLevel: 3 },
  );
  const tensors = Object.entries(feeds).map(([name, values]) => [
    name,
    new Tensor("float32", Float32Array.from(values), [...step.shapeOf(name)]),
  ]);
  const results = await session.run(Object.fromEntries(tensors));
  await session.release();
  return outputs.map((name) => results[name]?.data as Float32Array);
}
