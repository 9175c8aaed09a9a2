/** The models of this repository: the folders of models/ that have a manifest. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST, type ModelFolder, readModelFolder } from "../cli/models/model-folder.ts";
import { ALIASES_KEY } from "../src/models/aliases.ts";
import type { ModelManifest } from "../src/models/manifest.ts";
import { versionFileKey } from "../src/models/version-ref.ts";

const MODELS = new URL("../models/", import.meta.url).pathname;

/** Path of their aliases. */
export const EMBEDDED_ALIASES = join(MODELS, ALIASES_KEY);

/** A file, and its key in a bucket. */
export type EmbeddedObject = { readonly key: string; readonly path: string };

/** The models, by id. */
export async function listEmbeddedModels(): Promise<ModelFolder[]> {
  const folders = (await readdir(MODELS)).sort().map((name) => join(MODELS, name));
  return Promise.all(
    folders.filter((folder) => existsSync(join(folder, MANIFEST))).map(readModelFolder),
  );
}

export async function readEmbeddedManifest(id: string): Promise<ModelManifest> {
  return (await readModelFolder(join(MODELS, id))).manifest;
}

/** A model's files as objects of a bucket; the manifest is the last. */
export function listObjects({ path, manifest }: ModelFolder): EmbeddedObject[] {
  const { model, head } = manifest.files;
  return [model.path, ...(head ? [head.path] : []), MANIFEST].map((file) => ({
    key: versionFileKey(manifest, file),
    path: join(path, file),
  }));
}
