/** The models of this repository: the folders of models/ that have a manifest. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { deriveLitert, type LitertFile, withLitert } from "../cli/litert/derive-litert.ts";
import {
  encodeManifest,
  MANIFEST,
  type ModelFolder,
  readModelFiles,
  readModelFolder,
} from "../cli/models/model-folder.ts";
import { GraphError } from "../src/graphs/graph-error.ts";
import { ALIASES_KEY } from "../src/models/aliases.ts";
import type { ModelManifest } from "../src/models/manifest.ts";
import { versionFileKey } from "../src/models/version-ref.ts";

const MODELS = new URL("../models/", import.meta.url).pathname;

/** Path of their aliases. */
export const EMBEDDED_ALIASES = join(MODELS, ALIASES_KEY);

/** A model as it is in a bucket. */
export type EmbeddedVersion = {
  /** The content of its objects by key; the manifest is the last. */
  readonly objects: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Why it has no file for LiteRT; undefined if it has one. */
  readonly problem: string | undefined;
};

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

/**
 * Reads a model, and derives its file for LiteRT, which is not committed. Whether LiteRT answers as ONNX Runtime does
 * is not checked here, but by the tests: npm start must be fast.
 *
 * @throws CliError HASH_MISMATCH if a file is not the one that the manifest describes
 */
export async function readEmbeddedVersion(folder: ModelFolder): Promise<EmbeddedVersion> {
  const files = await readModelFiles(folder, "Restore the file with git checkout.");
  const { manifest } = folder;
  const model = files.get(manifest.files.model.path) as Uint8Array;
  const { litert, problem } = derive(model, manifest);
  if (litert) files.set(litert.entry.path, litert.bytes);
  files.set(MANIFEST, encodeManifest(withLitert(manifest, litert?.entry)));
  const objects = [...files].map(
    ([file, bytes]) => [versionFileKey(manifest, file), bytes] as const,
  );
  return { objects: new Map(objects), problem };
}

function derive(
  model: Uint8Array,
  manifest: ModelManifest,
): { readonly litert: LitertFile | undefined; readonly problem: string | undefined } {
  try {
    return { litert: deriveLitert(model, manifest), problem: undefined };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { litert: undefined, problem: error.why };
  }
}
