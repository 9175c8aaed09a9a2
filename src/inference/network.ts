/** A loaded network, with plain arrays as its inputs and outputs. */
import { SerialQueue } from "../concurrency/serial-queue.ts";
import { ModelError } from "../errors.ts";
import type { Runtime, RuntimeSession, RuntimeTensor } from "./runtime.ts";

/** The names and shapes of a graph's input and outputs, from the manifest. */
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

/** The outputs of one pass. */
export type NetworkOutputs = {
  /** [N] */
  readonly logits: Float32Array;
  /** [D], the mean of the features; undefined if the graph has no such output. */
  readonly embedding: Float32Array | undefined;
  /** Undefined if the graph has no such output. */
  readonly features: FeatureMap | undefined;
};

export type Network = {
  /** @param tensor - [1, 3, H, W], made with the preprocessing of the manifest */
  run(tensor: Float32Array): Promise<NetworkOutputs>;
  release(): Promise<void>;
};

// The runtime's scratch stack stays in use across awaits within a run, so runs must not interleave.
const runs = new SerialQueue();

/**
 * Loads a network from the bytes of its graph.
 *
 * @throws ModelError MODEL_UNAVAILABLE if the graph cannot be loaded or does not match its manifest
 */
export async function loadNetwork(
  runtime: Runtime,
  bytes: Uint8Array,
  spec: NetworkSpec,
): Promise<Network> {
  const session = await createSession(runtime, bytes);
  const missing = outputNames(spec).filter((name) => !session.outputNames.includes(name));
  if (!session.inputNames.includes(spec.inputName) || missing.length > 0) {
    await session.release();
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `The model has the inputs ${session.inputNames} and outputs ${session.outputNames}, but its manifest names ${spec.inputName} and ${outputNames(spec)}. Publish it again with a matching manifest.`,
    );
  }
  return {
    run: (tensor) => runs.run(() => runSession(session, tensor, spec)),
    release: () => runs.run(() => session.release()),
  };
}

// This must stay a separate function. Closures share what they capture, so the network would keep the file's bytes.
function createSession(runtime: Runtime, bytes: Uint8Array): Promise<RuntimeSession> {
  return runs
    .run(() => runtime.createSession(bytes))
    .catch((cause: unknown) => {
      throw new ModelError(
        "MODEL_UNAVAILABLE",
        "ONNX Runtime cannot load the model file. Publish the model again.",
        { cause },
      );
    });
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
      `The model gave ${logits?.length ?? 0} logits, but its manifest lists ${spec.classCount} classes. Publish it again with a matching manifest.`,
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
