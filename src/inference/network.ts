/** A network that is ready to run, behind plain arrays. */
import { SerialQueue } from "../concurrency/serial-queue.ts";
import { ModelError } from "../errors.ts";
import type { Runtime, RuntimeSession, RuntimeTensor } from "./runtime.ts";

/** What the network's graph is called like, from its manifest. */
export type NetworkSpec = {
  readonly inputName: string;
  /** [1, 3, H, W] */
  readonly inputShape: readonly number[];
  readonly outputs: {
    readonly logits: string;
    readonly embedding?: string | undefined;
    readonly features?: string | undefined;
  };
  readonly classCount: number;
};

/** The last feature maps, before pooling. */
export type FeatureMap = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** [channels, height, width] */
  readonly data: Float32Array;
};

/** What one pass gives. */
export type NetworkOutputs = {
  /** [N] */
  readonly logits: Float32Array;
  /** [D], the mean of the features; undefined where the graph does not give it. */
  readonly embedding: Float32Array | undefined;
  /** Undefined where the graph does not give them. */
  readonly features: FeatureMap | undefined;
};

/** A loaded network. */
export type Network = {
  /** @param tensor - [1, 3, H, W] as the manifest's preprocessing makes it */
  run(tensor: Float32Array): Promise<NetworkOutputs>;
  release(): Promise<void>;
};

// The runtime keeps its scratch stack across awaits within a run, so runs must not interleave.
const runs = new SerialQueue();

/**
 * Makes a network from the bytes of its graph.
 *
 * @throws ModelError MODEL_UNAVAILABLE where the graph cannot be loaded or does not fit its manifest
 */
export async function loadNetwork(
  runtime: Runtime,
  bytes: Uint8Array,
  spec: NetworkSpec,
): Promise<Network> {
  const session = await runs
    .run(() => runtime.createSession(bytes))
    .catch((cause: unknown) => {
      throw new ModelError(
        "MODEL_UNAVAILABLE",
        "ONNX Runtime refused the model file. Publish the model again.",
        { cause },
      );
    });
  const missing = outputNames(spec).filter((name) => !session.outputNames.includes(name));
  if (!session.inputNames.includes(spec.inputName) || missing.length > 0) {
    await session.release();
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `The model has the inputs ${session.inputNames} and outputs ${session.outputNames}, but its manifest names ${spec.inputName} and ${outputNames(spec)}. Publish it again with a manifest that fits.`,
    );
  }
  return {
    run: (tensor) => runs.run(() => runSession(session, tensor, spec)),
    release: () => runs.run(() => session.release()),
  };
}

async function runSession(
  session: RuntimeSession,
  tensor: Float32Array,
  spec: NetworkSpec,
): Promise<NetworkOutputs> {
  const input = { data: tensor, shape: spec.inputShape };
  const results = await session.run({ [spec.inputName]: input }, outputNames(spec));
  const logits = floats(results[spec.outputs.logits]);
  if (logits?.length !== spec.classCount) {
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `The model gave ${logits?.length ?? 0} logits, but its manifest lists ${spec.classCount} classes. Publish it again with a manifest that fits.`,
    );
  }
  const { embedding, features } = spec.outputs;
  return {
    logits,
    embedding: embedding === undefined ? undefined : floats(results[embedding]),
    features: features === undefined ? undefined : featureMap(results[features]),
  };
}

function outputNames({ outputs }: NetworkSpec): string[] {
  return [outputs.logits, outputs.embedding, outputs.features].filter((name) => name !== undefined);
}

function floats(tensor: RuntimeTensor | undefined): Float32Array | undefined {
  return tensor?.data instanceof Float32Array ? tensor.data : undefined;
}

function featureMap(tensor: RuntimeTensor | undefined): FeatureMap | undefined {
  const data = floats(tensor);
  const [, channels, height, width] = tensor?.shape ?? [];
  if (!data || !channels || !height || !width) return undefined;
  return { channels, height, width, data };
}
