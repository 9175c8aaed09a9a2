/** Runs a graph in ONNX Runtime and, converted, in LiteRT. */
import { startNodeLitert } from "../../cli/platform/node-litert.ts";
import { startNodeRuntime } from "../../cli/platform/node-runtime.ts";
import type { Graph } from "../../src/graphs/graph.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { convertGraph } from "../../src/graphs/tflite/convert-graph.ts";
import { writeTflite } from "../../src/graphs/tflite/write-tflite.ts";
import type { Runtime, RuntimeTensor } from "../../src/inference/runtime.ts";

/** For each image, the outputs by name; images are NCHW. */
export type Results = readonly Readonly<Record<string, RuntimeTensor>>[];

export async function runBothEngines(
  graph: Graph,
  images: readonly Float32Array[],
): Promise<{ readonly expected: Results; readonly actual: Results }> {
  const run = async (runtime: Runtime, file: Uint8Array): Promise<Results> => {
    const session = await runtime.createSession(file);
    const results: Readonly<Record<string, RuntimeTensor>>[] = [];
    for (const data of images) {
      results.push(await session.run({ [graph.input.name]: { shape: graph.input.shape, data } }));
    }
    await session.release();
    return results;
  };
  return {
    expected: await run(await startNodeRuntime(), writeModel(graph)),
    actual: await run(await startNodeLitert(), writeTflite(convertGraph(graph))),
  };
}

export function largestDifference(a: RuntimeTensor | undefined, b: RuntimeTensor | undefined) {
  const [x, y] = [a?.data as Float32Array, b?.data as Float32Array];
  if (x.length !== y.length) return Number.NaN;
  return x.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (y[i] as number))), 0);
}

export function largest({ data }: RuntimeTensor): number {
  return (data as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
