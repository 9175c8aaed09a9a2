/** The engines that run networks: one row per engine. */
import type { Layout } from "../../imaging/layout.ts";
import type { Runtime } from "../runtime.ts";

/** The engines. ONNX Runtime is the reference, and runs every network that can be published. */
export const ENGINE_NAMES = ["onnxruntime", "litert"] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/** What an operator can ask for: one engine, or the fastest one that can run a model. */
export const ENGINE_SETTINGS = ["auto", ...ENGINE_NAMES] as const;

export type EngineSetting = (typeof ENGINE_SETTINGS)[number];

/** How the heap of an engine grows with the networks in it. */
export type HeapGrowth = {
  /** Size of the heap when the engine has started. */
  readonly startBytes: number;
  /** How much of it is in use. */
  readonly baseBytes: number;
  /** Heap use while a network is loaded, per byte of its file: its weights, some of them reordered. */
  readonly loadingFactor: number;
  /** Additional heap use for the graph and the activations of the network that runs. */
  readonly activationBytes: number;
  /** Heap use of a loaded network, per byte of its file. */
  readonly heldFactor: number;
  /** Additional heap use of a loaded network that does not run. */
  readonly heldBytes: number;
};

export type Engine = {
  readonly name: EngineName;
  /** The name of the product, for messages. */
  readonly title: string;
  /** The entry in `files` of a manifest that names the engine's file. */
  readonly file: "model" | "litert";
  /** The layout that it reads. It converts images in the other layout. */
  readonly layout: Layout;
  readonly heap: HeapGrowth;
};

/** Source of the figures: measurements with npm run eval:quantize and npm run bench:heap, see docs/registry.md#memory. */
export const ENGINES: Readonly<Record<EngineName, Engine>> = {
  onnxruntime: {
    name: "onnxruntime",
    title: "ONNX Runtime",
    file: "model",
    layout: "NCHW",
    heap: {
      startBytes: 17_000_000,
      baseBytes: 17_000_000,
      loadingFactor: 1.1,
      activationBytes: 8_000_000,
      // Weights, activations, the graph, and gaps.
      heldFactor: 1.4,
      heldBytes: 0,
    },
  },
  litert: {
    name: "litert",
    title: "LiteRT",
    file: "litert",
    layout: "NHWC",
    heap: {
      startBytes: 17_700_000,
      baseBytes: 1_000_000,
      // The file itself, and its weights in the order in which XNNPACK reads them.
      loadingFactor: 1.85,
      activationBytes: 10_900_000,
      heldFactor: 1.85,
      // Each network keeps its activations.
      heldBytes: 7_400_000,
    },
  },
};

/**
 * Starts the engines that a build has. Each call starts an instance with its own memory, so that an engine can be
 * given up and started again.
 */
export type EngineStarters = {
  readonly [Name in EngineName]?: (() => Promise<Runtime>) | undefined;
};
