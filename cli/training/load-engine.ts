/** onnxruntime-node, which runs training steps. Serving and evaluation use onnxruntime-web. */
import type { InferenceSession } from "onnxruntime-node";
import type { Graph } from "../../src/graphs/graph.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { TrainingError } from "../../src/training/training-error.ts";

export type Engine = typeof import("onnxruntime-node");

/**
 * Loads the native library, on first use only, because the other commands do not need it.
 *
 * @throws TrainingError ENGINE_MISSING
 */
export async function loadEngine(): Promise<Engine> {
  try {
    return (await import("onnxruntime-node")).default as Engine;
  } catch (cause) {
    throw new TrainingError("ENGINE_MISSING", {
      what: "Nothing can be trained on this machine.",
      why: `onnxruntime-node cannot be loaded for ${process.platform} on ${process.arch}: ${(cause as Error).message}.`,
      fix: "Run npm ci again. If that does not help, train on Linux, on Windows, or on macOS with an ARM processor.",
      cause,
    });
  }
}

/**
 * Opens a session that runs a network.
 *
 * @param threads - as many as the machine has cores if undefined
 */
export function openNetwork(
  engine: Engine,
  network: Graph,
  threads: number | undefined,
): Promise<InferenceSession> {
  return engine.InferenceSession.create(writeModel(network), {
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
}
