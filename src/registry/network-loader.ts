/** Loads the networks of published models from R2, and runs them with the engine that the settings ask for. */
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import type { MemoryLedger } from "../concurrency/memory-ledger.ts";
import { AppError, ModelError } from "../errors.ts";
import { greyTensor } from "../imaging/grey-tensor.ts";
import type { Layout } from "../imaging/layout.ts";
import {
  ENGINE_NAMES,
  ENGINES,
  type EngineName,
  type EngineSetting,
  type EngineStarters,
} from "../inference/engines/engine.ts";
import type { NetworkOutputs } from "../inference/network.ts";
import type { Log } from "../log.ts";
import { chooseEngine } from "../models/choose-engine.ts";
import type { ModelManifest } from "../models/manifest.ts";
import {
  explainShortage,
  explainShortageOfTwo,
  type MemoryLimits,
} from "../models/memory-budget.ts";
import { preprocessOf } from "../models/preprocess-of.ts";
import { type VersionRef, versionName } from "../models/version-ref.ts";
import { type EngineFallback, EngineFallbacks } from "./engine-fallbacks.ts";
import { EngineHost } from "./engine-host.ts";
import { ImageSpecificError } from "./image-specific-error.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { LabelledModel } from "./model-catalog.ts";

export type NetworkLoaderOptions = {
  readonly engines: EngineStarters;
  /** The engine to use for a version. */
  readonly engineOf: (version: VersionRef) => EngineSetting;
  /** The limits of each engine. */
  readonly limits: MemoryLimits;
  readonly keepAlive: KeepAlive;
  readonly memory: MemoryLedger;
  readonly log: Log;
};

/** The outputs of one pass, and the engine that computed them. */
export type NetworkRun = NetworkOutputs & { readonly engine: EngineName };

/** The networks of one isolate. Each engine is started when the first model needs it. */
export class NetworkLoader {
  readonly #options: NetworkLoaderOptions;
  /** From the least to the most recently used. */
  readonly #hosts = new Map<EngineName, EngineHost>();
  readonly #fallbacks: EngineFallbacks;

  constructor(bucket: ModelBucket, options: NetworkLoaderOptions) {
    this.#options = options;
    this.#fallbacks = new EngineFallbacks(options.log);
    for (const name of ENGINE_NAMES) {
      const start = options.engines[name];
      if (!start) continue;
      this.#hosts.set(name, new EngineHost(ENGINES[name], bucket, { ...options, start }));
      // The ledger asks each reclaimer once.
      options.memory.addReclaimer(() => {
        [...this.#hosts.values()].some((host) => host.giveUpIfIdle());
      });
    }
  }

  /** How many times a network was loaded. More than one load of a version means that it was evicted. */
  get loads(): number {
    return [...this.#hosts.values()].reduce((sum, { loads }) => sum + loads, 0);
  }

  /** Current total size of the heaps. */
  get heapBytes(): number {
    return [...this.#hosts.values()].reduce((sum, { heapBytes }) => sum + heapBytes, 0);
  }

  /** Maximum total bytes of the model files in the memory of an engine. */
  get budgetBytes(): number {
    return this.#options.limits.modelBytes;
  }

  /** Current size of the heap of an engine; 0 if it is not started, or the build does not have it. */
  heapBytesOf(engine: EngineName): number {
    return this.#hosts.get(engine)?.heapBytes ?? 0;
  }

  /**
   * Returns the engine that would run a version now.
   *
   * @throws ModelError MODEL_UNAVAILABLE if the version has no file for the only engine that may run it
   */
  engineFor(manifest: ModelManifest): EngineName {
    return chooseEngine(
      this.#options.engineOf(manifest),
      manifest,
      (name) => this.#hosts.has(name) && !this.#fallbacks.isBlocked(name, manifest),
    );
  }

  /** Returns the layout of images that {@link run} need not convert. */
  layoutFor(manifest: ModelManifest): Layout {
    return ENGINES[this.engineFor(manifest)].layout;
  }

  /** Lists the engines that failed when they were last tried, and in whose place ONNX Runtime answers. */
  listFallbacks(): EngineFallback[] {
    return this.#fallbacks.list();
  }

  /**
   * Checks that two models fit into memory together, whichever is loaded first.
   *
   * @throws ModelError MODEL_BUDGET
   */
  requireRoomForBoth(a: ModelManifest, b: ModelManifest): void {
    const { limits } = this.#options;
    const sizes = [a, b].map((manifest) => {
      const engine = ENGINES[this.engineFor(manifest)];
      const bytes = manifest.files[engine.file]?.bytes ?? 0;
      return { name: versionName(manifest), engine, bytes };
    });
    const [small, large] = sizes.sort((x, y) => x.bytes - y.bytes) as [
      (typeof sizes)[0],
      (typeof sizes)[0],
    ];
    const use = { heldBytes: [small.bytes], heapBytes: 0 };
    const shortage =
      small.engine === large.engine
        ? explainShortage(large.name, large.bytes, use, limits, large.engine)
        : explainShortageOfTwo(small, large, limits);
    if (shortage) throw shortage;
  }

  /**
   * Runs a model. Loads it first if it is not in memory. If another engine than ONNX Runtime was chosen by "auto"
   * and fails, ONNX Runtime runs the model, now and for a while.
   *
   * @param tensor - [1, 3, H, W] unless the layout says otherwise, made with the preprocessing of the manifest
   * @throws ModelError MODEL_UNAVAILABLE, MODEL_BUDGET; ImageSpecificError if the network cannot run this
   *   tensor, but can run a grey image
   */
  async run(model: LabelledModel, tensor: Float32Array, layout?: Layout): Promise<NetworkRun> {
    const { manifest } = model;
    const engine = this.engineFor(manifest);
    let failure: unknown;
    try {
      const outputs = await this.#runWith(engine, model, tensor, layout);
      this.#fallbacks.markGood(engine, manifest);
      return outputs;
    } catch (error) {
      if (!this.#canFallBack(engine, manifest, error)) throw error;
      failure = error;
    }
    const outputs = await this.#runWith("onnxruntime", model, tensor, layout).catch(
      (error: unknown) => {
        this.#fallbacks.note(engine, manifest, failure);
        throw error;
      },
    );
    // If both had failed, the reason would most likely not be the engine.
    this.#fallbacks.markBad(engine, manifest, failure);
    return outputs;
  }

  /**
   * Checks that a model can answer, by running it on a grey image.
   *
   * @throws ModelError MODEL_UNAVAILABLE, MODEL_BUDGET
   */
  async check(model: LabelledModel): Promise<void> {
    await this.run(model, greyTensor(preprocessOf(model.manifest)));
  }

  async #runWith(
    engine: EngineName,
    model: LabelledModel,
    tensor: Float32Array,
    layout: Layout | undefined,
  ): Promise<NetworkRun> {
    const host = this.#hosts.get(engine);
    // createServices checks the setting.
    if (!host) throw new Error(`The build does not have ${ENGINES[engine].title}.`);
    this.#hosts.delete(engine);
    this.#hosts.set(engine, host);
    return { ...(await host.run(model, tensor, layout)), engine };
  }

  #canFallBack(engine: EngineName, manifest: ModelManifest, error: unknown): boolean {
    if (engine === "onnxruntime" || this.#options.engineOf(manifest) !== "auto") return false;
    // Anyone could send such an image, and a second engine takes memory.
    if (error instanceof ImageSpecificError) return false;
    if (!(error instanceof ModelError)) return !(error instanceof AppError);
    const isTooLarge = this.#hosts.get(engine)?.hasRoomFor(manifest) === false;
    return error.code !== "MODEL_BUDGET" || isTooLarge;
  }
}
