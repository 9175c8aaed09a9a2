/** Which way of choosing ranges keeps a network closest to what it says in float. */

import { softmax } from "../../src/inference/softmax.ts";
import { topK } from "../../src/inference/top-k.ts";
import type { Graph } from "../onnx/graph.ts";
import { openGraph, type RunnableGraph } from "../onnx/run-graph.ts";
import { LOGITS } from "./prepare/prepare-network.ts";

/** How close a network in integers comes to the one in float. */
export type Closeness = {
  /** Mean Kullback-Leibler divergence of its softmax from the float network's, in nats. */
  readonly divergence: number;
  /** Share of images with the same first class. */
  readonly agreement: number;
};

/**
 * Compares networks with the float one. No classes need be known.
 *
 * @param images - input tensors
 * @param onProgress - called after each image
 */
export async function compareWithFloat(
  float: Graph,
  candidates: readonly Graph[],
  images: AsyncIterable<Float32Array>,
  onProgress: () => void,
): Promise<Closeness[]> {
  const reference = await openGraph(float, [LOGITS]);
  const sessions: RunnableGraph[] = [];
  for (const candidate of candidates) sessions.push(await openGraph(candidate, [LOGITS]));
  const sums = candidates.map(() => ({ divergence: 0, agreed: 0 }));
  let count = 0;
  for await (const image of images) {
    const expected = await runFor(reference, image);
    for (const [i, session] of sessions.entries()) {
      const actual = await runFor(session, image);
      const sum = sums[i] as (typeof sums)[number];
      sum.divergence += divergenceOf(expected, actual);
      sum.agreed += first(expected) === first(actual) ? 1 : 0;
    }
    count++;
    onProgress();
  }
  for (const session of [reference, ...sessions]) await session.release();
  return sums.map(({ divergence, agreed }) => ({
    divergence: divergence / count,
    agreement: agreed / count,
  }));
}

async function runFor(session: RunnableGraph, image: Float32Array): Promise<Float64Array> {
  const output = (await session.run(image)).get(LOGITS);
  return softmax(output?.data as Float32Array);
}

function first(probabilities: Float64Array): number | undefined {
  return topK(probabilities, 1)[0]?.classIndex;
}

/** Softmax of float32 logits may underflow to 0. */
const SMALLEST = 1e-30;

function divergenceOf(expected: Float64Array, actual: Float64Array): number {
  return expected.reduce(
    (sum, p, i) =>
      p === 0 ? sum : sum + p * Math.log(p / Math.max(actual[i] as number, SMALLEST)),
    0,
  );
}
