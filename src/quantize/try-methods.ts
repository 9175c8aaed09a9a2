/** Quantises a network with one or several methods, and selects the result closest to the float network. */
import type { Graph } from "../graphs/graph.ts";
import type { Runtime } from "../inference/runtime.ts";
import type { RangeMethod } from "./choose-range.ts";
import { type Closeness, compareWithFloat } from "./compare-methods.ts";
import type { Format } from "./emit/emit-graph.ts";
import type { PreparedNetwork } from "./prepare/prepare-network.ts";
import { calibrateNetwork, quantizeNetwork } from "./quantize-network.ts";
import { shareWeights, type WeightShares } from "./share-weights.ts";

/** One in this many images is held out for the comparison. */
const HELD_OUT = 5;
/** If there are fewer images, all of them are used for both calibration and comparison. */
const FEW_IMAGES = 20;

export type TryOptions = {
  readonly paths: readonly string[];
  /** Reads the input tensor of an image; undefined if the image is to be skipped. */
  readonly read: (path: string) => Promise<Float32Array | undefined>;
  /** At least one. */
  readonly methods: readonly RangeMethod[];
  readonly format: Format;
  readonly onCalibrated: (done: number, total: number) => void;
  readonly onRanged: (done: number, total: number) => void;
  readonly onCompared: (done: number, total: number) => void;
};

export type BestMethod = {
  readonly graph: Graph;
  readonly method: RangeMethod;
  /** The closeness of each method on the images of the comparison; empty if there is only one method. */
  readonly closeness: Readonly<Partial<Record<RangeMethod, Closeness>>>;
  /** The number of nodes of each operator that stays in float, because it has no integer form. */
  readonly floatOperators: Readonly<Record<string, number>>;
  readonly weights: WeightShares;
  /** The number of images used for calibration. */
  readonly calibrationImages: number;
};

/** @throws GraphError; whatever `options.read` throws; Error if it skips all images */
export async function tryMethods(
  runtime: Runtime,
  network: PreparedNetwork,
  options: TryOptions,
): Promise<BestMethod> {
  const { methods, format } = options;
  const { calibrating, comparing } = divide(options.paths, methods.length);
  const calibration = new ImageSource(calibrating, options.read, options.onCalibrated);
  const calibrated = await calibrateNetwork(runtime, network, calibration.each(), () => {});
  if (calibration.used === 0) throw new Error("All images were skipped.");
  const { histograms } = calibrated.calibration;
  const report = counter(histograms.size * methods.length, options.onRanged);
  const graphs = methods.map((method) => quantizeNetwork(calibrated, { method, format }, report));
  const [method, graph] = [methods[0] as RangeMethod, graphs[0] as Graph];
  const shared = {
    floatOperators: calibrated.plan.floatOperators,
    weights: shareWeights(calibrated.plan, network, graph),
    calibrationImages: calibration.used,
  };
  if (methods.length === 1) return { ...shared, method, graph, closeness: {} };

  const compare = (paths: readonly string[]) => {
    const images = new ImageSource(paths, options.read, options.onCompared).each();
    return compareWithFloat(runtime, network.graph, graphs, images, () => {});
  };
  // If all images that were held out are skipped, the others are used.
  const compared = await compare(comparing);
  const results = compared.length > 0 ? compared : await compare(calibrating);
  const divergences = results.map(({ divergence }) => divergence);
  const best = Math.max(0, divergences.indexOf(Math.min(...divergences)));
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

/** Reads images one after another, and counts those that are used. */
class ImageSource {
  readonly #paths: readonly string[];
  readonly #read: TryOptions["read"];
  readonly #report: () => void;
  used = 0;

  constructor(
    paths: readonly string[],
    read: TryOptions["read"],
    onRead: (done: number, total: number) => void,
  ) {
    this.#paths = paths;
    this.#read = read;
    this.#report = counter(paths.length, onRead);
  }

  async *each() {
    for (const path of this.#paths) {
      const tensor = await this.#read(path);
      if (tensor) {
        this.used++;
        yield tensor;
      }
      this.#report();
    }
  }
}

function counter(total: number, report: (done: number, total: number) => void): () => void {
  let done = 0;
  return () => report(++done, total);
}
