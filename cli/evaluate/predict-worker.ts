/** A thread of {@link predictImages}: runs a network over its share of the images. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { fullMessage, ModelError } from "../../src/errors.ts";
import type { EngineName } from "../../src/inference/engines/engine.ts";
import { loadModel } from "../../src/models/load-model.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { CliError } from "../cli-error.ts";
import { readTensor } from "../images/read-tensor.ts";
import { DamagedImages } from "../images/skip-damaged.ts";
import { fileFor } from "../litert/choose-engine.ts";
import { START_NODE_ENGINE } from "../platform/node-engines.ts";

export type Share = {
  readonly folder: string;
  readonly manifest: ModelManifest;
  readonly engine: EngineName;
  readonly classCount: number;
  /** Whether the first damaged image is an error. */
  readonly strict: boolean;
  readonly images: readonly { readonly index: number; readonly path: string }[];
};

/** What a thread sends for each image: its logits, or why it cannot be used. */
export type Predicted =
  | { readonly index: number; readonly logits: Float32Array }
  | { readonly index: number; readonly reason: string };

const { folder, manifest, engine, classCount, strict, images } = workerData as Share;

try {
  const model = new Uint8Array(await readFile(join(folder, manifest.files.model.path)));
  const runtime = await START_NODE_ENGINE[engine]();
  const file = fileFor(engine, model, manifest);
  const network = await loadModel(runtime, file, manifest, classCount);
  const preprocess = preprocessOf(manifest);
  const damaged = new DamagedImages(strict);
  for (const { index, path } of images) {
    const tensor = await damaged.read(path, () => readTensor(path, preprocess));
    const predicted: Predicted = tensor
      ? { index, logits: (await network.run(tensor)).logits }
      : { index, reason: damaged.reasonOf(path) };
    parentPort?.postMessage(predicted);
  }
} catch (error) {
  // The cause has the reason, and does not reach the other thread.
  throw error instanceof ModelError ? describeUnusable(error) : error;
}

function describeUnusable(error: ModelError): CliError {
  return new CliError("MODEL_UNUSABLE", {
    what: `The model in ${folder} cannot be run.`,
    why: fullMessage(error.cause ?? error),
    fix: "Create the folder again with model pull or model quantize.",
  });
}
