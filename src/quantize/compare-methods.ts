/** Compares quantised networks with the network in float. */
import type { Graph } from "../graphs/graph.ts";
import { type RunGraph, withGraph } from "../graphs/run-graph.ts";
import type { Runtime } from "../inference/runtime.ts";
import { softmax } from "../inference/softmax.ts";
import { topK } from "../inference/top-k.ts";
import { LOGITS } from "./tensor-names.ts";

/** How close a quantised network is to the network in float. */
export type Closeness = {
  /** Mean Kullback-Leibler divergence of its softmax from the float network's, in nats. */
  readonly divergence: number;
  /** Share of images with the same first class. */
  readonly agreement: number;
};

/**
 * Compares networks with the network in float. The images need no labels.
 *
 * @param images - input tensors
 * @param onProgress - called after each image
 * @returns none if there are no images
 */
export async function compareWithFloat(
  runtime: Runtime,
  float: Graph,
  candidates: readonly Graph[],
  images: AsyncIterable<Float32Array>,
  onProgress: () => void,
): Promise<Closeness[]> {
  const sums = candidates.map(() => ({ divergence: 0, agreed: 0 }));
  let count = 0;
  await withAll(runtime, [float, ...candidates], async ([reference, ...runs]) => {
    for await (const image of images) {
      const expected = await predict(reference as RunGraph, image);
      for (const [i, run] of runs.entries()) {
        const actual = await predict(run, image);
        const sum = sums[i] as (typeof sums)[number];
        sum.divergence += divergenceOf(expected, actual);
        sum.agreed += first(expected) === first(actual) ? 1 : 0;
      }
      count++;
      onProgress();
    }
  });
  if (count === 0) return [];
  return sums.map(({ divergence, agreed }) => ({
    divergence: divergence / count,
    agreement: agreed / count,
  }));
}

/** Loads all graphs at the same time, so that each image is decoded only once. */
function withAll(
  runtime: Runtime,
  graphs: readonly Graph[],
  use: (runs: readonly RunGraph[]) => Promise<void>,
  loaded: readonly RunGraph[] = [],
): Promise<void> {
  const [next, ...rest] = graphs;
  if (!next) return use(loaded);
  return withGraph(runtime, next, [LOGITS], (run) => withAll(runtime, rest, use, [...loaded, run]));
}

async function predict(run: RunGraph, image: Float32Array): Promise<Float64Array> {
  return softmax((await run(image)).get(LOGITS)?.data as Float32Array);
}

function first(probabilities: Float64Array): number | undefined {
  return topK(probabilities, 1)[0]?.classIndex;
}

/** The softmax of float32 logits can underflow to 0. */
const SMALLEST = 1e-30;

function divergenceOf(expected: Float64Array, actual: Float64Array): number {
  return expected.reduce(
    (sum, p, i) =>
      p === 0 ? sum : sum + p * Math.log(p / Math.max(actual[i] as number, SMALLEST)),
    0,
  );
}
