import { loadModelFolder } from "../cli/models/load-model-folder.ts";
import { readModelFolder } from "../cli/models/model-folder.ts";

/** Loads the model of a folder; `run` runs it on a fixed image. */
export async function openSession(path: string): Promise<{ run(): Promise<unknown> }> {
  const folder = await readModelFolder(path);
  const network = await loadModelFolder(folder);
  const size = folder.manifest.input.shape.reduce((product, side) => product * side, 1);
  const image = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  return { run: () => network.run(image) };
}
