/** Puts a model folder into a bucket as a version that never changes. */

import { createHash } from "node:crypto";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { versionFileKey, versionName } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";
import { MANIFEST } from "../models/model-folder.ts";
import { TOMBSTONE } from "./version-files.ts";

/** What publishing did. */
export type Published = {
  readonly written: readonly string[];
  /** Objects that were there already, with the same content. */
  readonly present: readonly string[];
};

/**
 * Uploads what the bucket lacks; the manifest comes last, so that an interrupted run leaves no version
 * that looks complete, and the next one goes on.
 *
 * @param files - the model's files by name
 * @throws CliError where the version is published with another content, or was removed
 */
export async function publishVersion(
  store: ModelStore,
  manifest: ModelManifest,
  files: ReadonlyMap<string, Uint8Array>,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): Promise<Published> {
  const { id, version } = manifest;
  const keyOf = (file: string) => versionFileKey({ id, version }, file);
  if (await store.has(keyOf(TOMBSTONE))) {
    throw new CliError(
      `${versionName(manifest)} cannot be published.`,
      "A version of that name was removed; whoever remembers it must not meet another.",
      "Give the next one, as in --version 1.0.1.",
    );
  }
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  const objects = [...files, [MANIFEST, json] as const];
  const total = objects.reduce((sum, [, bytes]) => sum + bytes.byteLength, 0);
  // It comes last: where it is, the rest is too, and where it is another, nothing is to be written.
  if (await isThere(store, keyOf(MANIFEST), json, manifest)) {
    return { written: [], present: objects.map(([file]) => keyOf(file)) };
  }
  const written: string[] = [];
  const present: string[] = [];
  let done = 0;
  for (const [file, bytes] of objects) {
    const key = keyOf(file);
    if (await store.put(key, bytes, { ifAbsent: true })) written.push(key);
    else if (await isThere(store, key, bytes, manifest)) present.push(key);
    done += bytes.byteLength;
    onProgress(done, total);
  }
  return { written, present };
}

/**
 * Whether an object is there.
 *
 * @throws CliError where it has another content
 */
async function isThere(
  store: ModelStore,
  key: string,
  bytes: Uint8Array,
  manifest: ModelManifest,
): Promise<boolean> {
  const there = await store.get(key);
  if (!there) return false;
  if (hash(there.bytes) === hash(bytes)) return true;
  const complete = await store.has(versionFileKey(manifest, MANIFEST));
  throw new CliError(
    `${versionName(manifest)} cannot be published.`,
    complete
      ? `It is published already with another ${key}, and a published version never changes.`
      : `An interrupted publication of another model has left ${key}.`,
    complete
      ? "Give the next version, as in --version 1.0.1."
      : `Clear it with resnet-edge model remove ${versionName(manifest)}, or give the next version.`,
  );
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
