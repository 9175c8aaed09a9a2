/** A loaded network, with plain arrays as its inputs and outputs. */
import { SerialQueue } from "../concurrency/serial-queue.ts";
import type { Layout } from "../imaging/layout.ts";
import type { Runtime, RuntimeInput, RuntimeSession, RuntimeTensor } from "./runtime.ts";
import { unusableModel } from "./unusable-model.ts";

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
  /**
   * [channels, height, width]; made when it is first read.
   *
   * @throws ModelError MODEL_UNAVAILABLE if it is not finite
   */
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
  /**
   * @param tensor - [1, 3, H, W] unless the layout says otherwise, made with the preprocessing of the manifest
   * @throws ModelError MODEL_UNAVAILABLE if the graph does not run, or its outputs are not what the
   *   manifest says, or are not finite
   */
  run(tensor: Float32Array, layout?: Layout): Promise<NetworkOutputs>;
  release(): Promise<void>;
};

/** A runtime's scratch stack stays in use across awaits within a run, so the runs of one must not interleave. */
const runsOf = new WeakMap<Runtime, SerialQueue>();

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
    throw unusableModel(
      `The model has the inputs ${session.inputNames} and outputs ${session.outputNames}, but its manifest names ${spec.inputName} and ${outputNames(spec)}. Publish it again with a matching manifest.`,
    );
  }
  const runs = queueFor(runtime);
  const { name } = runtime;
  return {
    run: (data, layout = "NCHW") =>
      runs.run(() => runSession(name, session, { data, layout, shape: spec.inputShape }, spec)),
    release: () => runs.run(() => session.release()),
  };
}

// This must stay a separate function. Closures share what they capture, so the network would keep the file's bytes.
function createSession(runtime: Runtime, bytes: Uint8Array): Promise<RuntimeSession> {
  return queueFor(runtime)
    .run(() => runtime.createSession(bytes))
    .catch((cause: unknown) => {
      throw unusableModel(
        `${runtime.name} cannot load the model file. Publish the model again.`,
        cause,
      );
    });
}

function queueFor(runtime: Runtime): SerialQueue {
  const queue = runsOf.get(runtime) ?? new SerialQueue();
  runsOf.set(runtime, queue);
  return queue;
}

async function runSession(
  engine: string,
  session: RuntimeSession,
  input: RuntimeInput,
  spec: NetworkSpec,
): Promise<NetworkOutputs> {
  const results = await runGraph(engine, session, input, spec);
  const logits = readFloats(results, spec.outputs.logits);
  if (logits.length !== spec.classCount) {
    throw unusableModel(
      `The model gave ${logits.length} logits, but its manifest lists ${spec.classCount} classes. Publish it again with a matching manifest.`,
    );
  }
  const { embedding, features } = spec.outputs;
  return {
    logits,
    embedding: embedding === undefined ? undefined : readVector(results, embedding),
    features: features === undefined ? undefined : readFeatureMap(results, features),
  };
}

type Results = Readonly<Record<string, RuntimeTensor>>;

async function runGraph(
  engine: string,
  session: RuntimeSession,
  input: RuntimeInput,
  spec: NetworkSpec,
): Promise<Results> {
  try {
    return await session.run({ [spec.inputName]: input }, outputNames(spec));
  } catch (cause) {
    throw unusableModel(
      `${engine} cannot run the model with the input [${spec.inputShape}] that its manifest states. Publish it again with a matching manifest.`,
      cause,
    );
  }
}

function outputNames({ outputs }: NetworkSpec): string[] {
  return [outputs.logits, outputs.embedding, outputs.features].filter((name) => name !== undefined);
}

/** A NaN would be a wrong answer that looks like a right one. */
function readFloats(results: Results, name: string): Float32Array {
  const { data, type = "nothing" } = results[name] ?? {};
  if (!(data instanceof Float32Array)) {
    throw unusableModel(`The output ${name} of the model is ${type}, not float32.`);
  }
  if (!areFinite(data)) {
    throw unusableModel(`The output ${name} of the model has values that are not finite numbers.`);
  }
  return data;
}

function areFinite(values: Float32Array): boolean {
  // Infinity minus itself is not 0, and a method with a callback takes ten times as long.
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    sum += value - value;
  }
  return sum === 0;
}

/** @returns [D] from a tensor such as [1, D] or [1, D, 1, 1] */
function readVector(results: Results, name: string): Float32Array {
  const data = readFloats(results, name);
  const shape = results[name]?.shape ?? [];
  if (data.length > 0 && Math.max(...shape) === data.length) return data;
  throw wrongShape(name, shape, "[1, D]");
}

function readFeatureMap(results: Results, name: string): FeatureMap {
  const shape = results[name]?.shape ?? [];
  const [batch, channels = 0, height = 0, width = 0] = shape;
  if (shape.length !== 4 || batch !== 1 || channels * height * width === 0) {
    throw wrongShape(name, shape, "[1, D, h, w]");
  }
  let data: Float32Array | undefined;
  return {
    channels,
    height,
    width,
    // Few requests draw a heat map.
    get data() {
      data ??= readFloats(results, name);
      return data;
    },
  };
}

function wrongShape(name: string, shape: readonly number[], expected: string) {
  return unusableModel(
    `The output ${name} of the model has the shape [${shape}], not ${expected}. Publish it again with a matching manifest.`,
  );
}
