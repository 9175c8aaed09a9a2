/** onnxruntime-node, which the train commands use. Serving and model evaluate use onnxruntime-web. */
import type { InferenceSession } from "onnxruntime-node";
import type { Graph } from "../../src/graphs/graph.ts";
import { writeModel } from "../../src/graphs/onnx/write-model.ts";
import { TrainingError } from "../../src/training/training-error.ts";

export type Engine = typeof import("onnxruntime-node");

export const DEVICES = ["cpu", "webgpu"] as const;

/** The device and the threads that run networks. */
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
 * @throws TrainingError DEVICE_UNUSABLE
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
    throw device === "cpu" ? cause : cannotUse(cause);
  });
}

function cannotUse(cause: Error): TrainingError {
  const hasDevice = !cause.message.includes("Failed to get a WebGPU adapter");
  // ONNX Runtime begins with the place in its source code.
  const reason = cause.message.split(" was false. ").at(-1)?.trim().replace(/\.$/, "");
  const install = "Install a driver for the GPU (on Linux, one for Vulkan), or leave";
  return new TrainingError("DEVICE_UNUSABLE", {
    what: hasDevice ? "WebGPU cannot run the network." : "This machine has no GPU for WebGPU.",
    why: `ONNX Runtime says: ${reason}.`,
    fix: `${hasDevice ? "Leave" : install} out --device webgpu.`,
    cause,
  });
}
