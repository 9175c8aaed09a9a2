import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readModelFolder } from "../cli/models/model-folder.ts";
import { startNodeRuntime } from "../cli/platform/node-runtime.ts";
import { loadNetwork } from "../src/inference/network.ts";

const IMAGENET_CLASSES = 1000;

/** Loads the model of a folder; `run` runs it on a fixed image. */
export async function openSession(folder: string): Promise<{ run(): Promise<unknown> }> {
  const { manifest } = await readModelFolder(folder);
  const model = await readFile(join(folder, manifest.files.model.path));
  const network = await loadNetwork(await startNodeRuntime(), new Uint8Array(model), {
    inputName: manifest.input.name,
    inputShape: manifest.input.shape,
    outputs: manifest.outputs,
    classCount: manifest.labels.classes?.length ?? IMAGENET_CLASSES,
  });
  const size = manifest.input.shape.reduce((product, side) => product * side, 1);
  const image = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  return { run: () => network.run(image) };
}
