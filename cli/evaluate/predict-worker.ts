/** A thread of {@link predictImages}: runs a network over its share of the images. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { loadModel } from "../../src/models/load-model.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { preprocessOf } from "../../src/models/preprocess-of.ts";
import { readTensor } from "../images/read-tensor.ts";
import { startNodeRuntime } from "../platform/node-runtime.ts";

export type Share = {
  readonly folder: string;
  readonly manifest: ModelManifest;
  readonly classCount: number;
  readonly images: readonly { readonly index: number; readonly path: string }[];
};

/** What a thread sends for each image. */
export type Predicted = { readonly index: number; readonly logits: Float32Array };

const { folder, manifest, classCount, images } = workerData as Share;
const model = await readFile(join(folder, manifest.files.model.path));
const runtime = await startNodeRuntime();
const preprocess = preprocessOf(manifest);
const network = await loadModel(runtime, new Uint8Array(model), manifest, classCount);
for (const { index, path } of images) {
  const { logits } = await network.run(await readTensor(path, preprocess));
  parentPort?.postMessage({ index, logits } satisfies Predicted);
}
