/** Quantises a float32 network to int8 after training. */
import type { Graph } from "../graphs/graph.ts";
import type { Runtime } from "../inference/runtime.ts";
import { type Calibration, calibrate } from "./calibrate.ts";
import { chooseRange, type RangeMethod } from "./choose-range.ts";
import { correctBias } from "./correct-bias.ts";
import { emitGraph, type Format } from "./emit/emit-graph.ts";
import { halveHead } from "./halve-head.ts";
import {
  dequantizeWeights,
  type IntegerWeights,
  type Levels,
  quantizeColumns,
  quantizeWeights,
  toLevels,
} from "./levels.ts";
import { type PlannedNode, planQuantization, type QuantizationPlan } from "./plan.ts";
import type { PreparedNetwork } from "./prepare/prepare-network.ts";
import { requireLayers } from "./prepare/require-float-network.ts";

/** A network and its calibration, which together suffice for every method and format. */
export type CalibratedNetwork = {
  readonly network: PreparedNetwork;
  readonly plan: QuantizationPlan;
  readonly calibration: Calibration;
};

/**
 * Plans the quantisation of a network, and runs it on images to collect the statistics of its activations.
 *
 * @param images - input tensors
 * @param onProgress - called after each image
 * @throws GraphError GRAPH_NOT_QUANTISABLE, GRAPH_NOT_FINITE
 */
export async function calibrateNetwork(
  runtime: Runtime,
  network: PreparedNetwork,
  images: AsyncIterable<Float32Array>,
  onProgress: () => void,
): Promise<CalibratedNetwork> {
  const plan = planQuantization(network.graph, network.floatTensors);
  requireLayers(network.graph, plan);
  const inputs = plan.nodes.filter(isWeighted).map(({ input }) => input);
  const calibration = await calibrate(
    runtime,
    network.graph,
    plan.ranged,
    inputs,
    images,
    onProgress,
  );
  return { network, plan, calibration };
}

/**
 * Quantises a network. Its outputs stay the same.
 *
 * @param onProgress - called after each range that is chosen
 */
export function quantizeNetwork(
  { network, plan, calibration }: CalibratedNetwork,
  { method, format }: { readonly method: RangeMethod; readonly format: Format },
  onProgress: () => void = () => {},
): Graph {
  const levels = new Map<string, Levels>();
  for (const [tensor, bins] of calibration.histograms) {
    const { low, high } = chooseRange(bins, method);
    const bounds = plan.bounds.get(tensor) ?? { low, high };
    levels.set(
      tensor,
      toLevels({ low: Math.max(low, bounds.low), high: Math.min(high, bounds.high) }),
    );
    onProgress();
  }
  const weights = new Map<string, IntegerWeights>();
  for (const planned of plan.nodes.filter(isWeighted)) {
    const owner = plan.sameLevels.get(planned.input) ?? planned.input;
    const { scale } = levels.get(owner) as Levels;
    const means = calibration.channelMeans.get(planned.input) as Float64Array;
    weights.set(planned.output, quantizeLayer(planned, scale, means));
  }
  for (const planned of plan.nodes) {
    if (planned.kind !== "dynamic") continue;
    weights.set(planned.output, quantizeColumns(planned.weight));
  }
  return halveHead(emitGraph(network.graph, plan, { levels, weights }, format));
}

function quantizeLayer(
  planned: PlannedNode & { kind: "weighted" },
  inputScale: number,
  inputMeans: Float64Array,
): IntegerWeights {
  const { weight } = planned;
  const bias = planned.bias ?? new Float32Array(weight.shape[0] as number);
  const rounded = dequantizeWeights(quantizeWeights(weight.data, bias, inputScale));
  return quantizeWeights(weight.data, correctBias(planned, bias, rounded, inputMeans), inputScale);
}

function isWeighted(planned: PlannedNode): planned is PlannedNode & { kind: "weighted" } {
  return planned.kind === "weighted";
}
