/** Puts the embedded models into an R2 bucket, where they are not there yet. */

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { ALIASES_KEY, aliasesSchema } from "../src/models/aliases.ts";
import { type ModelManifest, manifestSchema } from "../src/models/manifest.ts";
import { versionFileKey, versionName } from "../src/models/version-ref.ts";
import { sha256Hex } from "../src/sha256.ts";

/** The embedded models, one folder each. */
const MODELS_DIR = new URL("../models/", import.meta.url);

/** The part of R2 that seeding needs; satisfied by a Worker's binding and by a local proxy of one. */
export type SeedBucket = {
  head(key: string): Promise<{ readonly etag: string } | null>;
  put(key: string, value: Uint8Array): Promise<unknown>;
};

/** What seeding did. */
export type SeedReport = {
  readonly written: readonly string[];
  readonly present: readonly string[];
};

/**
 * Uploads every embedded model version that the bucket lacks, and `aliases.json` where there is
 * none: an operator's aliases are never overwritten. The manifest goes last, so that an interrupted
 * run leaves no version that looks complete.
 *
 * @returns object keys written, and those found in place
 * @throws Error where a file in models/ is not what its manifest says
 */
export async function seedModels(bucket: SeedBucket): Promise<SeedReport> {
  const written: string[] = [];
  const present: string[] = [];
  const ensure = async (key: string, bytes: Uint8Array) => {
    const there = await bucket.head(key);
    // R2's etag of an object put in one piece is the MD5 of its content.
    if (there?.etag === createHash("md5").update(bytes).digest("hex")) {
      present.push(key);
      return;
    }
    await bucket.put(key, bytes);
    written.push(key);
  };
  for (const folder of await listModelFolders()) {
    const manifestBytes = await readFile(new URL("manifest.json", folder));
    const manifest = manifestSchema.parse(JSON.parse(manifestBytes.toString("utf8")));
    const { id, version } = manifest;
    for (const [name, bytes] of await readModelFiles(folder, manifest)) {
      await ensure(versionFileKey({ id, version }, name), bytes);
    }
    await ensure(versionFileKey({ id, version }, "manifest.json"), manifestBytes);
  }
  await seedAliases(bucket, written, present);
  return { written, present };
}

async function seedAliases(
  bucket: SeedBucket,
  written: string[],
  present: string[],
): Promise<void> {
  if (await bucket.head(ALIASES_KEY)) {
    present.push(ALIASES_KEY);
    return;
  }
  const bytes = await readFile(new URL(ALIASES_KEY, MODELS_DIR));
  aliasesSchema.parse(JSON.parse(bytes.toString("utf8")));
  await bucket.put(ALIASES_KEY, bytes);
  written.push(ALIASES_KEY);
}

async function listModelFolders(): Promise<URL[]> {
  const entries = await readdir(MODELS_DIR, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== "labels")
    .map((entry) => new URL(`${entry.name}/`, MODELS_DIR));
}

async function readModelFiles(
  folder: URL,
  manifest: ModelManifest,
): Promise<[name: string, bytes: Uint8Array][]> {
  const { model, head } = manifest.files;
  return Promise.all(
    [model, ...(head ? [head] : [])].map(
      async ({ path, sha256 }): Promise<[string, Uint8Array]> => {
        const bytes = await readFile(new URL(path, folder));
        const actual = await sha256Hex(bytes);
        if (actual !== sha256) {
          throw new Error(
            `models/${manifest.id}/${path} has SHA-256 ${actual}, but the manifest of ${versionName(manifest)} says ${sha256}. Restore the file with git checkout.`,
          );
        }
        return [path, bytes];
      },
    ),
  );
}
