/** Quantises a network with one or several methods, and selects the result closest to the float network. */
import type { Graph } from "../graphs/graph.ts";
import type { Runtime } from "../inference/runtime.ts";
import type { RangeMethod } from "./choose-range.ts";
import { type Closeness, compareWithFloat } from "./compare-methods.ts";
import type { Format } from "./emit-graph.ts";
import type { PreparedNetwork } from "./prepare/prepare-network.ts";
import { calibrateNetwork, quantizeNetwork } from "./quantize-network.ts";

/** One in this many images is held out for the comparison. */
const HELD_OUT = 5;
/** If there are fewer images, all of them are used for both calibration and comparison. */
const FEW_IMAGES = 20;

export type TryOptions = {
  readonly paths: readonly string[];
  /** Reads the input tensor of an image. */
  readonly read: (path: string) => Promise<Float32Array>;
  /** At least one. */
  readonly methods: readonly RangeMethod[];
  readonly format: Format;
  readonly onCalibrated: (done: number, total: number) => void;
  readonly onCompared: (done: number, total: number) => void;
};

export type BestMethod = {
  readonly graph: Graph;
  readonly method: RangeMethod;
  /** The closeness of each method on the images of the comparison; empty if there is only one method. */
  readonly closeness: Readonly<Partial<Record<RangeMethod, Closeness>>>;
  /** The number of nodes of each operator that stays in float, because it has no integer form. */
  readonly floatOperators: Readonly<Record<string, number>>;
  /** The number of images used for calibration. */
  readonly calibrationImages: number;
};

/** @throws GraphError; whatever `options.read` throws */
export async function tryMethods(
  runtime: Runtime,
  network: PreparedNetwork,
  options: TryOptions,
): Promise<BestMethod> {
  const { methods, format } = options;
  const { calibrating, comparing } = divide(options.paths, methods.length);
  const calibrated = await calibrateNetwork(
    runtime,
    network,
    readAll(calibrating, options),
    counter(calibrating.length, options.onCalibrated),
  );
  const graphs = methods.map((method) => quantizeNetwork(calibrated, { method, format }));
  const shared = {
    floatOperators: calibrated.plan.floatOperators,
    calibrationImages: calibrating.length,
  };
  const [method, graph] = [methods[0] as RangeMethod, graphs[0] as Graph];
  if (methods.length === 1) return { ...shared, method, graph, closeness: {} };

  const results = await compareWithFloat(
    runtime,
    network.graph,
    graphs,
    readAll(comparing, options),
    counter(comparing.length, options.onCompared),
  );
  const divergences = results.map(({ divergence }) => divergence);
  const best = divergences.indexOf(Math.min(...divergences));
  return {
    ...shared,
    method: methods[best] as RangeMethod,
    graph: graphs[best] as Graph,
    closeness: Object.fromEntries(methods.map((name, i) => [name, results[i]])),
  };
}

function divide(paths: readonly string[], methodCount: number) {
  if (methodCount === 1 || paths.length < FEW_IMAGES) {
    return { calibrating: paths, comparing: paths };
  }
  return {
    calibrating: paths.filter((_, i) => i % HELD_OUT !== 0),
    comparing: paths.filter((_, i) => i % HELD_OUT === 0),
  };
}

async function* readAll(paths: readonly string[], { read }: Pick<TryOptions, "read">) {
  for (const path of paths) yield await read(path);
}

function counter(total: number, report: (done: number, total: number) => void): () => void {
  let done = 0;
  return () => report(++done, total);
}
