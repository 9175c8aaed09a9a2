/** A model folder and a photo of a cat, for commands that take both. */
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeModelFolder } from "./make-model.ts";

export const CAT = new URL("../../../examples/cat.jpg", import.meta.url);

/** @returns a temporary folder, a model folder in it, and a folder of photos with one class */
export async function makeModelAndPhoto(): Promise<{
  readonly folder: string;
  readonly model: string;
  readonly data: string;
}> {
  const folder = await mkdtemp(join(tmpdir(), "resnet-edge-commands-"));
  const { path: model } = await makeModelFolder(join(folder, "model"));
  const data = join(folder, "data");
  await mkdir(join(data, "n02123159"), { recursive: true });
  await cp(CAT, join(data, "n02123159", "cat.jpg"));
  return { folder, model, data };
}

/** Writes a JPEG that ends early. */
export async function writeDamaged(path: string): Promise<void> {
  await writeFile(path, (await readFile(CAT)).subarray(0, 5000));
}
