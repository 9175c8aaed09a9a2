/** Quantises a network in one way or several, and takes the one closest to the network in float. */
import type { Graph } from "../graphs/graph.ts";
import type { Runtime } from "../inference/runtime.ts";
import type { RangeMethod } from "./choose-range.ts";
import { type Closeness, compareWithFloat } from "./compare-methods.ts";
import type { Format } from "./emit-graph.ts";
import type { PreparedNetwork } from "./prepare/prepare-network.ts";
import { calibrateNetwork, quantizeNetwork } from "./quantize-network.ts";

/** Of the images, one in so many is kept for comparing. */
const HELD_OUT = 5;
/** Fewer than that serve for both. */
const FEW_IMAGES = 20;

/** How to go about it. */
export type TryOptions = {
  readonly paths: readonly string[];
  /** Gives the input tensor of an image. */
  readonly read: (path: string) => Promise<Float32Array>;
  /** At least one. */
  readonly methods: readonly RangeMethod[];
  readonly format: Format;
  readonly onCalibrated: (done: number, total: number) => void;
  readonly onCompared: (done: number, total: number) => void;
};

/** What came of it. */
export type Tried = {
  readonly graph: Graph;
  readonly method: RangeMethod;
  /** How close each method came, on images that were not calibrated with; empty of one alone. */
  readonly closeness: Readonly<Partial<Record<RangeMethod, Closeness>>>;
  /** Operators that stay in float because they are not known in integers, with how often. */
  readonly floatOperators: Readonly<Record<string, number>>;
  /** How many images the ranges are of. */
  readonly calibrationImages: number;
};

/** @throws GraphError; whatever `options.read` throws */
export async function tryMethods(
  runtime: Runtime,
  network: PreparedNetwork,
  options: TryOptions,
): Promise<Tried> {
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
