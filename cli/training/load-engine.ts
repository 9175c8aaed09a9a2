/** onnxruntime-node, which runs training steps. Serving and evaluation use onnxruntime-web. */
import type { InferenceSession } from "onnxruntime-node";
import type { Graph } from "../../src/graphs/graph.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { TrainingError } from "../../src/training/training-error.ts";

export type Engine = typeof import("onnxruntime-node");

export const DEVICES = ["cpu", "webgpu"] as const;

/** What networks run on. */
export type Hardware = {
  /** As many as the machine has cores if undefined; results do not depend on it. */
  readonly threads?: number | undefined;
  /** "cpu" if undefined. "webgpu" is experimental, and its results differ in their last digits. */
  readonly device?: (typeof DEVICES)[number] | undefined;
};

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

/** Opens a session that runs a network. */
export function openNetwork(
  engine: Engine,
  network: Graph,
  hardware: Hardware,
): Promise<InferenceSession> {
  return openSession(engine, writeModel(network), hardware);
}

/**
 * @param file - an ONNX model
 * @throws TrainingError DEVICE_MISSING
 */
export async function openSession(
  { InferenceSession }: Engine,
  file: Uint8Array,
  { threads, device = "cpu" }: Hardware,
  options: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  const session = InferenceSession.create(file, {
    executionProviders: [device],
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    ...options,
  });
  return session.catch((cause: Error) => {
    if (device === "cpu") throw cause;
    // ONNX Runtime puts the place in its source before the reason.
    const reason = cause.message.split(" was false. ").at(-1)?.trim();
    throw new TrainingError("DEVICE_MISSING", {
      what: "WebGPU cannot be used on this machine.",
      why: `ONNX Runtime says: ${reason}.`,
      fix: "Install the driver of the GPU (on Linux, one for Vulkan), or leave out --device webgpu.",
      cause,
    });
  });
}
