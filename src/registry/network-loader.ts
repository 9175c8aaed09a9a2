/** Brings a published model's network from R2 into a session and runs it. */
import { loadNetwork, type Network, type NetworkOutputs } from "../inference/network.ts";
import type { KeepAlive } from "../inference/once.ts";
import type { OrtRuntime } from "../inference/runtime.ts";
import { SessionPool } from "../inference/session-pool.ts";
import { modelVersionName } from "./manifest.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { LabelledModel } from "./model-catalog.ts";

/** The networks of one isolate. */
export class NetworkLoader {
  readonly #bucket: ModelBucket;
  readonly #startRuntime: () => Promise<OrtRuntime>;
  readonly #pool: SessionPool<Network>;

  /** How many bytes of model files may be in sessions at once. */
  readonly budgetBytes: number;

  constructor(
    bucket: ModelBucket,
    options: {
      readonly startRuntime: () => Promise<OrtRuntime>;
      readonly modelMemoryBytes: number;
      readonly keepAlive: KeepAlive;
    },
  ) {
    this.#bucket = bucket;
    this.#startRuntime = options.startRuntime;
    this.budgetBytes = options.modelMemoryBytes;
    this.#pool = new SessionPool(options.modelMemoryBytes, options.keepAlive);
  }

  /**
   * Runs a model, loading it first where it is not in memory.
   *
   * @param tensor - [1, 3, H, W] as the model's manifest preprocesses
   * @throws ModelError MODEL_UNAVAILABLE
   */
  run(model: LabelledModel, tensor: Float32Array): Promise<NetworkOutputs> {
    const { manifest, labels } = model;
    return this.#pool.with(
      {
        // The hash belongs to the key: a version that was replaced in the bucket is another network.
        key: `${modelVersionName(manifest)}#${manifest.files.model.sha256}`,
        costBytes: manifest.files.model.bytes,
        load: async () => {
          const bytes = await this.#bucket.readModel(manifest);
          return loadNetwork(await this.#startRuntime(), bytes, {
            inputName: manifest.input.name,
            inputShape: manifest.input.shape,
            outputs: manifest.outputs,
            classCount: labels.length,
          });
        },
      },
      (network) => network.run(tensor),
    );
  }
}
