import type { Graph } from "../../src/graphs/graph.ts";
import { withGraph } from "../../src/graphs/run-graph.ts";
import type { Runtime } from "../../src/inference/runtime.ts";

/** Runs a graph on each image, and copies one of its outputs. */
export function runOnImages(
  runtime: Runtime,
  graph: Graph,
  output: string,
  images: readonly Float32Array[],
): Promise<Float32Array[]> {
  return withGraph(runtime, graph, [output], async (run) => {
    const results: Float32Array[] = [];
    for (const image of images) {
      results.push(Float32Array.from((await run(image)).get(output)?.data as Float32Array));
    }
    return results;
  });
}
