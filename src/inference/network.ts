/** A network ready to run: an ONNX session behind plain arrays. */
import * as ort from "onnxruntime-web/wasm";
import { ModelError } from "../errors.ts";
import type { OrtRuntime } from "./runtime.ts";
import { SerialQueue } from "./serial-queue.ts";

/** What the network's graph is called like, from its manifest. */
export type NetworkSpec = {
  readonly inputName: string;
  /** [1, 3, H, W] */
  readonly inputShape: readonly number[];
  readonly logitsName: string;
  readonly classCount: number;
};

/** A loaded network. */
export type Network = {
  /**
   * @param tensor - [1, 3, H, W] as the manifest's preprocessing makes it
   * @returns logits, [N]
   */
  run(tensor: Float32Array): Promise<Float32Array>;
  release(): Promise<void>;
};

// The runtime keeps its scratch stack across awaits within a run, so runs must not interleave.
const runs = new SerialQueue();

/**
 * Makes a network from the bytes of its graph and checks it with one run.
 *
 * @throws ModelError MODEL_UNAVAILABLE where the graph cannot be loaded or does not fit its manifest
 */
export async function loadNetwork(
  runtime: OrtRuntime,
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
  if (
    !session.inputNames.includes(spec.inputName) ||
    !session.outputNames.includes(spec.logitsName)
  ) {
    await session.release();
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `The model has the inputs ${session.inputNames} and outputs ${session.outputNames}, but its manifest names ${spec.inputName} and ${spec.logitsName}. Publish it again with a manifest that fits.`,
    );
  }
  return {
    run: (tensor) => runs.run(() => runSession(session, tensor, spec)),
    release: () => runs.run(() => session.release()),
  };
}

async function runSession(
  session: ort.InferenceSession,
  tensor: Float32Array,
  spec: NetworkSpec,
): Promise<Float32Array> {
  const input = new ort.Tensor("float32", tensor, spec.inputShape);
  const outputs = await session.run({ [spec.inputName]: input }, [spec.logitsName]);
  const logits = outputs[spec.logitsName]?.data;
  if (!(logits instanceof Float32Array) || logits.length !== spec.classCount) {
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `The model gave ${logits?.length ?? 0} logits, but its manifest lists ${spec.classCount} classes. Publish it again with a manifest that fits.`,
    );
  }
  return logits;
}
