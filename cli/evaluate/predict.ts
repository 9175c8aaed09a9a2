/** Runs a model over images, with the Worker's own code. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { CliError } from "../cli-error.ts";
import type { ModelFolder } from "../models/model-folder.ts";
import type { Predicted, Share } from "./predict-worker.ts";

/** More threads would wait for each other's memory. */
const MAX_THREADS = 8;

/**
 * Runs a model over images, on several threads.
 *
 * @param onProgress - gets the number of images that are done
 * @returns the logits of each image, [classCount]
 * @throws CliError IMAGE_UNREADABLE, MODEL_UNUSABLE
 */
export async function predictImages(
  { path, manifest }: ModelFolder,
  images: readonly string[],
  { classCount, onProgress }: { classCount: number; onProgress: (done: number) => void },
): Promise<Float32Array[]> {
  const results: Float32Array[] = new Array(images.length);
  const threads = Math.min(availableParallelism(), MAX_THREADS, images.length);
  let done = 0;
  const runs = Array.from({ length: threads }, (_, thread) => {
    // Dealt out like cards, so that every thread gets images of all kinds.
    const dealt = images
      .map((image, index) => ({ index, path: image }))
      .filter(({ index }) => index % threads === thread);
    return runThread({ folder: path, manifest, classCount, images: dealt }, ({ index, logits }) => {
      results[index] = logits;
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
    worker.on("error", (error) => reject(restore(error, workerData.folder)));
    worker.on("exit", () => resolve());
  });
}

/** An error that crosses threads keeps its own properties and its message, but not its class. */
function restore(error: unknown, folder: string): unknown {
  const { code, what, why, fix } = (error ?? {}) as Partial<CliError>;
  if (code && what && why && fix) return new CliError(code, { what, why, fix, cause: error });
  if ((code as string) !== "MODEL_UNAVAILABLE") return error;
  return new CliError("MODEL_UNUSABLE", {
    what: `The model in ${folder} cannot be run.`,
    why: (error as Error).message,
    fix: "Create the folder again with model pull or model quantize.",
    cause: error,
  });
}
