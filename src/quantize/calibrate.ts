/** Runs a network on images and records statistics of its activations. */
import type { Graph } from "../graphs/graph.ts";
import { GraphError } from "../graphs/graph-error.ts";
import { withGraph } from "../graphs/run-graph.ts";
import type { Runtime } from "../inference/runtime.ts";
import { Histogram, type HistogramBins } from "./histogram.ts";

export type Calibration = {
  /** Histograms of the activations, by tensor name. */
  readonly histograms: ReadonlyMap<string, HistogramBins>;
  /** Means of the channels, [C], by tensor name. */
  readonly channelMeans: ReadonlyMap<string, Float64Array>;
};

/**
 * Collects the statistics of activations.
 *
 * @param ranged - names of the tensors whose values are counted
 * @param averaged - names of the tensors whose channels are averaged
 * @param images - input tensors
 * @param onProgress - called after each image
 * @throws GraphError GRAPH_REFUSED; GRAPH_NOT_FINITE if an activation is not a finite number
 */
export async function calibrate(
  runtime: Runtime,
  graph: Graph,
  ranged: readonly string[],
  averaged: readonly string[],
  images: AsyncIterable<Float32Array>,
  onProgress: () => void,
): Promise<Calibration> {
  const histograms = new Map(ranged.map((name) => [name, new Histogram()]));
  const sums = new Map(averaged.map((name) => [name, new ChannelSums()]));
  const outputs = [...new Set([...ranged, ...averaged])].filter(
    (name) => name !== graph.input.name,
  );
  // A graph needs an output, even if nothing is measured.
  const wanted = outputs.length > 0 ? outputs : graph.outputs.map(({ name }) => name);
  await withGraph(runtime, graph, wanted, async (run) => {
    for await (const image of images) {
      const values = await run(image);
      const dataOf = (name: string) =>
        name === graph.input.name
          ? { shape: graph.input.shape, data: image }
          : (values.get(name) as { shape: readonly number[]; data: Float32Array });
      for (const name of ranged) requireFinite(name, dataOf(name).data, graph.name);
      for (const [name, histogram] of histograms) histogram.add(dataOf(name).data);
      for (const [name, sum] of sums) sum.add(dataOf(name).data, dataOf(name).shape[1] as number);
      onProgress();
    }
  });
  return {
    histograms: new Map([...histograms].map(([name, histogram]) => [name, histogram.read()])),
    channelMeans: new Map([...sums].map(([name, sum]) => [name, sum.mean()])),
  };
}

function requireFinite(tensor: string, values: Float32Array, network: string): void {
  if (values.every(Number.isFinite)) return;
  throw new GraphError("GRAPH_NOT_FINITE", {
    what: `${network} overflows.`,
    why: `For one of the images, its activation ${tensor} has values that are not finite numbers.`,
    fix: "Use a network whose training has converged, or photos like those that it was trained on.",
  });
}

class ChannelSums {
  #sums = new Float64Array();
  #perChannel = 0;

  /** @param data - [1, C, …] */
  add(data: Float32Array, channels: number): void {
    if (this.#sums.length === 0) this.#sums = new Float64Array(channels);
    const size = data.length / channels;
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let i = channel * size; i < (channel + 1) * size; i++) sum += data[i] as number;
      this.#sums[channel] = (this.#sums[channel] as number) + sum;
    }
    this.#perChannel += size;
  }

  mean(): Float64Array {
    return this.#sums.map((sum) => sum / this.#perChannel);
  }
}
