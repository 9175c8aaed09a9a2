import { join } from "node:path";
import type { Network } from "../../src/inference/network.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { loadModel } from "../../src/models/load-model.ts";
import { readFileOrFail } from "../files/read-file.ts";
import { readLabelSources } from "../platform/label-sources.ts";
import { startNodeRuntime } from "../platform/node-runtime.ts";
import type { ModelFolder } from "./model-folder.ts";

/**
 * Loads a folder's network, without verifying the file's hash.
 *
 * @throws CliError FILE_UNREADABLE; ModelError MODEL_UNAVAILABLE
 */
export async function loadModelFolder({ path, manifest }: ModelFolder): Promise<Network> {
  const { length } = labelClasses(manifest.labels, await readLabelSources());
  const model = await readFileOrFail(join(path, manifest.files.model.path));
  return loadModel(await startNodeRuntime(), model, manifest, length);
}
