import { readFile } from "node:fs/promises";
import { type ModelManifest, manifestSchema } from "../src/models/manifest.ts";

/** The manifest of a model in models/, validated. */
export async function readEmbeddedManifest(id: string): Promise<ModelManifest> {
  const path = new URL(`../models/${id}/manifest.json`, import.meta.url);
  return manifestSchema.parse(JSON.parse(await readFile(path, "utf8")));
}
