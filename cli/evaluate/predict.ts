/** Runs a model over images, with the Worker's own code. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { EngineName } from "../../src/inference/engines/engine.ts";
import { CliError } from "../cli-error.ts";
import type { DamagedImage } from "../images/skip-damaged.ts";
import type { ModelFolder } from "../models/model-folder.ts";
import type { Predicted, Share } from "./predict-worker.ts";

/** More threads would wait for each other's memory. */
const MAX_THREADS = 8;

export type PredictOptions = {
  readonly classCount: number;
  /** ONNX Runtime if absent. */
  readonly engine?: EngineName;
  /** Gets the number of images that are done. */
  readonly onProgress: (done: number) => void;
};

/**
 * Runs a model over images, on several threads.
 *
 * @returns the logits of each image, [classCount]
 * @throws CliError IMAGE_UNREADABLE, MODEL_UNUSABLE
 */
export async function predictImages(
  folder: ModelFolder,
  images: readonly string[],
  options: PredictOptions,
): Promise<Float32Array[]> {
  const results = await predict(folder, images, { ...options, strict: true });
  return results.filter((logits) => logits !== undefined);
}

/**
 * Runs a model over images, and skips those that cannot be decoded.
 *
 * @returns the logits of each image, [classCount]; undefined if it was skipped
 * @throws CliError MODEL_UNUSABLE
 */
export function predictSoundImages(
  folder: ModelFolder,
  images: readonly string[],
  options: PredictOptions & { readonly onDamaged: (damaged: DamagedImage) => void },
): Promise<(Float32Array | undefined)[]> {
  return predict(folder, images, { ...options, strict: false });
}

async function predict(
  { path, manifest }: ModelFolder,
  images: readonly string[],
  {
    classCount,
    engine = "onnxruntime",
    onProgress,
    strict,
    onDamaged = () => {},
  }: PredictOptions & { strict: boolean; onDamaged?: (damaged: DamagedImage) => void },
): Promise<(Float32Array | undefined)[]> {
  const results = new Array<Float32Array | undefined>(images.length).fill(undefined);
  const threads = Math.min(availableParallelism(), MAX_THREADS, images.length);
  let done = 0;
  const runs = Array.from({ length: threads }, (_, thread) => {
    // Dealt out like cards, so that every thread gets images of all kinds.
    const dealt = images
      .map((image, index) => ({ index, path: image }))
      .filter(({ index }) => index % threads === thread);
    const share = { folder: path, manifest, engine, classCount, strict, images: dealt };
    return runThread(share, (predicted) => {
      const { index } = predicted;
      if ("logits" in predicted) results[index] = predicted.logits;
      else onDamaged({ path: images[index] as string, reason: predicted.reason });
      onProgress(++done);
    });
  });
  await Promise.all(runs);
  return results;
}

function runThread(workerData: Share, onPredicted: (predicted: Predicted) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./predict-worker.ts", import.meta.url), { workerData });
    worker.on("message", onPredicted);
    worker.on("error", (error) => reject(restore(error)));
    worker.on("exit", () => resolve());
  });
}

/** An error that crosses threads keeps its own properties and its message, but not its class. */
function restore(error: unknown): unknown {
  const { code, what, why, fix } = (error ?? {}) as Partial<CliError>;
  return code && what && why && fix ? new CliError(code, { what, why, fix, cause: error }) : error;
}
