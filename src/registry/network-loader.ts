/** Brings a published model's network from R2 into a session and runs it. */
import { loadNetwork, type Network, type NetworkOutputs } from "../inference/network.ts";
import type { KeepAlive } from "../inference/once.ts";
import type { OrtRuntime } from "../inference/runtime.ts";
import { SessionPool } from "../inference/session-pool.ts";
import { requireHeap } from "./heap-budget.ts";
import { modelVersionName } from "./manifest.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { LabelledModel } from "./model-catalog.ts";

/** Settings of the loader. */
export type NetworkLoaderOptions = {
  readonly startRuntime: () => Promise<OrtRuntime>;
  /** How many bytes of model files may be in sessions at once. */
  readonly modelMemoryBytes: number;
  /** How large ONNX Runtime's heap may become before new models are refused. */
  readonly maxHeapBytes: number;
  readonly keepAlive: KeepAlive;
};

/** The networks of one isolate. */
export class NetworkLoader {
  readonly #bucket: ModelBucket;
  readonly #options: NetworkLoaderOptions;
  readonly #pool: SessionPool<Network>;

  constructor(bucket: ModelBucket, options: NetworkLoaderOptions) {
    this.#bucket = bucket;
    this.#options = options;
    this.#pool = new SessionPool(options.modelMemoryBytes, options.keepAlive);
  }

  /** How many bytes of model files may be in sessions at once. */
  get budgetBytes(): number {
    return this.#options.modelMemoryBytes;
  }

  /**
   * Runs a model, loading it first where it is not in memory.
   *
   * @param tensor - [1, 3, H, W] as the model's manifest preprocesses
   * @throws ModelError MODEL_UNAVAILABLE, MODEL_BUDGET
   */
  run(model: LabelledModel, tensor: Float32Array): Promise<NetworkOutputs> {
    const { manifest } = model;
    return this.#pool.with(
      {
        // The hash belongs to the key: a version that was replaced in the bucket is another network.
        key: `${modelVersionName(manifest)}#${manifest.files.model.sha256}`,
        costBytes: manifest.files.model.bytes,
        load: () => this.#load(model),
      },
      (network) => network.run(tensor),
    );
  }

  async #load({ manifest, labels }: LabelledModel): Promise<Network> {
    const runtime = await this.#options.startRuntime();
    const newBytes = manifest.files.model.bytes;
    requireHeap(modelVersionName(manifest), this.#options.maxHeapBytes, {
      heapBytes: runtime.heapBytes(),
      // The pool counts the new one already.
      heldBytes: this.#pool.heldBytes - newBytes,
      newBytes,
    });
    return loadNetwork(runtime, await this.#bucket.readModel(manifest), {
      inputName: manifest.input.name,
      inputShape: manifest.input.shape,
      outputs: manifest.outputs,
      classCount: labels.length,
    });
  }
}
