/** Loads the networks of published models from R2, and runs them. */
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import type { MemoryHold, MemoryLedger } from "../concurrency/memory-ledger.ts";
import { ModelError } from "../errors.ts";
import { greyTensor } from "../imaging/grey-tensor.ts";
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

export type NetworkLoaderOptions = {
  readonly startRuntime: () => Promise<Runtime>;
  readonly limits: MemoryLimits;
  readonly keepAlive: KeepAlive;
  readonly memory: MemoryLedger;
};

/** The networks of one isolate. */
export class NetworkLoader {
  readonly #bucket: ModelBucket;
  readonly #options: NetworkLoaderOptions;
  readonly #pool: SessionPool<Network>;
  #starting: Promise<Runtime> | undefined;
  #runtime: Runtime | undefined;
  #loads = 0;

  constructor(bucket: ModelBucket, options: NetworkLoaderOptions) {
    this.#bucket = bucket;
    this.#options = options;
    this.#pool = new SessionPool(({ name, costBytes }, heldBytes) => {
      const use = { heldBytes, heapBytes: this.heapBytes };
      return explainShortage(name, costBytes, use, options.limits);
    }, options.keepAlive);
    options.memory.addGauge(() => this.heapBytes);
    options.memory.addReclaimer(() => {
      this.#giveUpIfIdle();
    });
  }

  /** How many times a network was loaded. More than one load of a version means that it was evicted. */
  get loads(): number {
    return this.#loads;
  }

  /** Current size of the runtime's heap; 0 if the runtime is not started. */
  get heapBytes(): number {
    return this.#runtime?.heapBytes() ?? 0;
  }

  /** Maximum total bytes of the model files in memory. */
  get budgetBytes(): number {
    return this.#options.limits.modelBytes;
  }

  /**
   * Checks that two models fit into memory together, whichever is loaded first.
   *
   * @throws ModelError MODEL_BUDGET
   */
  requireRoomForBoth(a: ModelManifest, b: ModelManifest): void {
    const [small, large] =
      a.files.model.bytes < b.files.model.bytes ? ([a, b] as const) : ([b, a] as const);
    const newBytes = large.files.model.bytes;
    const use = { heldBytes: [small.files.model.bytes], heapBytes: 0 };
    const shortage = explainShortage(versionName(large), newBytes, use, this.#options.limits);
    if (shortage) throw shortage;
  }

  /**
   * Runs a model. Loads it first if it is not in memory.
   *
   * @param tensor - [1, 3, H, W], made with the preprocessing of the manifest
   * @throws ModelError MODEL_UNAVAILABLE, MODEL_BUDGET; ImageSpecificError if the network cannot run this
   *   tensor, but can run a grey image
   */
  async run(model: LabelledModel, tensor: Float32Array): Promise<NetworkOutputs> {
    const { manifest } = model;
    const source = {
      name: versionName(manifest),
      // The hash is part of the key: if a version is replaced in the bucket, it is a different network.
      key: `${versionName(manifest)}#${manifest.files.model.sha256}`,
      costBytes: manifest.files.model.bytes,
      load: () => this.#load(model),
    };
    const use = () => this.#pool.with(source, (network) => runOrBlame(network, tensor, manifest));
    try {
      return await use();
    } catch (error) {
      // Some networks take more of the heap than estimated. It would stay too large for any other for ever.
      if (this.#isOnlyHeapTooLarge(error, manifest) && this.#giveUpIfIdle()) return use();
      // After some failures, such as an abort of WebAssembly, the runtime can run nothing else either.
      if (error instanceof ModelError && error.code === "MODEL_UNAVAILABLE") this.#giveUpIfIdle();
      throw error;
    }
  }

  /**
   * Checks that a model can answer, by running it on a grey image.
   *
   * @throws ModelError MODEL_UNAVAILABLE, MODEL_BUDGET
   */
  async check(model: LabelledModel): Promise<void> {
    await this.run(model, greyTensor(preprocessOf(model.manifest)));
  }

  async #load({ manifest, labels }: LabelledModel): Promise<Network> {
    const hold = this.#reserveForLoad(manifest.files.model.bytes);
    try {
      const runtime = await this.#start();
      const bytes = await this.#bucket.readModel(manifest);
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
    const growth = estimateHeap(fileBytes, { heldBytes, heapBytes }) - heapBytes;
    return this.#options.memory.open().reserve(fileBytes + growth, "work");
  }

  /** Starts the runtime if it is not started. A failed start is tried again. */
  #start(): Promise<Runtime> {
    if (this.#starting) return this.#starting;
    const starting = this.#options.startRuntime().catch((cause: unknown) => {
      throw unusableModel("ONNX Runtime does not start.", cause);
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
  #isOnlyHeapTooLarge(error: unknown, { files }: ModelManifest): boolean {
    const { limits } = this.#options;
    return (
      error instanceof ModelError &&
      error.code === "MODEL_BUDGET" &&
      this.heapBytes > limits.heapBytes &&
      files.model.bytes <= largestModelBytes(limits)
    );
  }

  /**
   * Gives up the runtime with all its networks, if none is in use. That is the only way to get its memory
   * back, because WebAssembly memory never shrinks. The next pass starts it again.
   *
   * @returns whether it was given up
   */
  #giveUpIfIdle(): boolean {
    if (!this.#runtime || !this.#pool.clearIfIdle()) return false;
    this.#runtime = undefined;
    this.#starting = undefined;
    return true;
  }
}

/** Runs a network. If that fails, finds out whether the image is the cause, or the network. */
async function runOrBlame(
  network: Network,
  tensor: Float32Array,
  manifest: ModelManifest,
): Promise<NetworkOutputs> {
  try {
    return await network.run(tensor);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    await network.run(greyTensor(preprocessOf(manifest)));
    throw new ImageSpecificError(versionName(manifest), error);
  }
}
