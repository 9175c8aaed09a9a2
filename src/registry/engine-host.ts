/** One engine of an isolate: its runtime, the networks in its heap, and the giving up of both. */
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import type { MemoryHold, MemoryLedger } from "../concurrency/memory-ledger.ts";
import { AppError, ModelError } from "../errors.ts";
import { greyTensor } from "../imaging/grey-tensor.ts";
import type { Layout } from "../imaging/layout.ts";
import type { Engine } from "../inference/engines/engine.ts";
import type { Network, NetworkOutputs } from "../inference/network.ts";
import type { Runtime } from "../inference/runtime.ts";
import { SessionPool } from "../inference/session-pool.ts";
import { unusableModel } from "../inference/unusable-model.ts";
import { loadModel } from "../models/load-model.ts";
import type { ModelManifest } from "../models/manifest.ts";
import {
  estimateHeap,
  explainShortage,
  largestModelBytes,
  type MemoryLimits,
} from "../models/memory-budget.ts";
import { preprocessOf } from "../models/preprocess-of.ts";
import { versionName } from "../models/version-ref.ts";
import { ImageSpecificError } from "./image-specific-error.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { LabelledModel } from "./model-catalog.ts";

/** An engine does not start, so it can run no model at all. */
export class EngineStartError extends ModelError {
  constructor(engine: Engine, cause: unknown) {
    const {
      code,
      message,
      cause: explained,
    } = unusableModel(`${engine.title} does not start.`, cause);
    super(code, message, { cause: explained });
  }
}

export type EngineHostOptions = {
  readonly start: () => Promise<Runtime>;
  readonly limits: MemoryLimits;
  readonly keepAlive: KeepAlive;
  readonly memory: MemoryLedger;
};

export class EngineHost {
  readonly engine: Engine;
  readonly #bucket: ModelBucket;
  readonly #options: EngineHostOptions;
  readonly #pool: SessionPool<Network>;
  #starting: Promise<Runtime> | undefined;
  #runtime: Runtime | undefined;
  #loads = 0;

  constructor(engine: Engine, bucket: ModelBucket, options: EngineHostOptions) {
    this.engine = engine;
    this.#bucket = bucket;
    this.#options = options;
    this.#pool = new SessionPool(({ name, costBytes }, heldBytes) => {
      const use = { heldBytes, heapBytes: this.heapBytes };
      return explainShortage(name, costBytes, use, options.limits, engine);
    }, options.keepAlive);
    options.memory.addGauge(() => this.heapBytes);
  }

  /** How many times a network was loaded. */
  get loads(): number {
    return this.#loads;
  }

  /** Current size of the heap; 0 if the engine is not started. */
  get heapBytes(): number {
    return this.#runtime?.heapBytes() ?? 0;
  }

  /** Size of the engine's file of a version; 0 if it has none. */
  fileBytes({ files }: ModelManifest): number {
    return files[this.engine.file]?.bytes ?? 0;
  }

  /** Whether a model fits into the heap if no other model is in it. */
  hasRoomFor(manifest: ModelManifest): boolean {
    return this.fileBytes(manifest) <= largestModelBytes(this.#options.limits, this.engine);
  }

  /**
   * Runs a model. Starts the engine and loads the model first if they are not in memory.
   *
   * @param tensor - [1, 3, H, W] unless the layout says otherwise, made with the preprocessing of the manifest
   * @throws ModelError MODEL_UNAVAILABLE, MODEL_BUDGET; EngineStartError; ImageSpecificError if the network
   *   cannot run this tensor, but can run a grey image
   */
  async run(model: LabelledModel, tensor: Float32Array, layout?: Layout): Promise<NetworkOutputs> {
    const { manifest } = model;
    const name = versionName(manifest);
    const source = {
      name,
      // The hash is part of the key: if a version is replaced in the bucket, it is a different network.
      key: `${name}#${manifest.files[this.engine.file]?.sha256}`,
      costBytes: this.fileBytes(manifest),
      load: () => this.#load(model),
    };
    const use = () =>
      this.#pool.with(source, (network) =>
        runOrBlame(network, () => network.run(tensor, layout), manifest),
      );
    try {
      return await use();
    } catch (error) {
      // Some networks take more of the heap than estimated. It would stay too large for any other for ever.
      if (this.#isOnlyHeapTooLarge(error, manifest) && this.giveUpIfIdle()) return use();
      // After some failures, such as an abort of WebAssembly, the runtime can run nothing else either.
      const isModelFault = error instanceof ModelError && error.code === "MODEL_UNAVAILABLE";
      if (isModelFault || !(error instanceof AppError)) this.giveUpIfIdle();
      throw error;
    }
  }

  /**
   * Gives up the runtime with all its networks, if none is in use. That is the only way to get its memory
   * back, because WebAssembly memory never shrinks. The next pass starts it again.
   *
   * @returns whether it was given up
   */
  giveUpIfIdle(): boolean {
    if (!this.#runtime || !this.#pool.clearIfIdle()) return false;
    this.#runtime = undefined;
    this.#starting = undefined;
    return true;
  }

  async #load({ manifest, labels }: LabelledModel): Promise<Network> {
    const hold = this.#reserveForLoad(this.fileBytes(manifest));
    try {
      const runtime = await this.#start();
      const bytes = await this.#bucket.readModel(manifest, this.engine.file);
      const network = await loadModel(runtime, bytes, manifest, labels.length);
      this.#loads++;
      return network;
    } finally {
      hold.release();
    }
  }

  /** Until a network is loaded, its file is in memory too. */
  #reserveForLoad(fileBytes: number): MemoryHold {
    const { heapBytes } = this;
    const heldBytes = this.#pool.costs;
    // The pool already has the network that is about to be loaded.
    heldBytes.splice(heldBytes.indexOf(fileBytes), 1);
    const growth = estimateHeap(fileBytes, { heldBytes, heapBytes }, this.engine) - heapBytes;
    return this.#options.memory.open().reserve(fileBytes + growth, "work");
  }

  /** Starts the runtime if it is not started. A failed start is tried again. */
  #start(): Promise<Runtime> {
    if (this.#starting) return this.#starting;
    const starting = this.#options.start().catch((cause: unknown) => {
      throw new EngineStartError(this.engine, cause);
    });
    this.#starting = starting;
    const started = starting.then(
      (runtime) => {
        this.#runtime = runtime;
      },
      () => {
        if (this.#starting === starting) this.#starting = undefined;
      },
    );
    this.#options.keepAlive(started);
    return starting;
  }

  /** Whether a model was refused only because the heap has grown beyond its limit: a new one would have room. */
  #isOnlyHeapTooLarge(error: unknown, manifest: ModelManifest): boolean {
    return (
      error instanceof ModelError &&
      error.code === "MODEL_BUDGET" &&
      this.heapBytes > this.#options.limits.heapBytes &&
      this.hasRoomFor(manifest)
    );
  }
}

/** Runs a network. If that fails, finds out whether the image is the cause, or the network. */
async function runOrBlame(
  network: Network,
  run: () => Promise<NetworkOutputs>,
  manifest: ModelManifest,
): Promise<NetworkOutputs> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    await network.run(greyTensor(preprocessOf(manifest)));
    throw new ImageSpecificError(versionName(manifest), error);
  }
}
