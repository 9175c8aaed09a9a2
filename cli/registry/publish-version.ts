/** Puts a model folder into a bucket, as a version that never changes. */

import { isDeepStrictEqual } from "node:util";
import { type ModelManifest, manifestSchema } from "../../src/models/manifest.ts";
import { parseJson } from "../../src/models/parse-json.ts";
import { versionFileKey, versionName } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";
import { sha256 } from "../files/sha256.ts";
import { MANIFEST } from "../models/model-folder.ts";
import { TOMBSTONE } from "./published-versions.ts";

/** Keys of objects. */
export type Published = {
  readonly written: readonly string[];
  /** Those that were there already, with the same content. */
  readonly present: readonly string[];
};

/**
 * Uploads what the bucket lacks. The manifest goes last, so that an interrupted run leaves no version
 * that looks complete; the next run uploads the rest.
 *
 * @param files - the model's files by name
 * @throws CliError VERSION_PUBLISHED, VERSION_REMOVED
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
    throw new CliError("VERSION_REMOVED", {
      what: `${versionName(manifest)} cannot be published.`,
      why: "A version of this name was removed; caches and receipts that mention it must not get another.",
      fix: "Give the next version, such as --version 1.0.1.",
    });
  }
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  const objects = [...files, [MANIFEST, json] as const];
  const total = objects.reduce((sum, [, bytes]) => sum + bytes.byteLength, 0);
  // If the manifest is there, so is the rest; if it is another, nothing may be written.
  if (await isPresent(store, keyOf(MANIFEST), json, manifest, isSameManifest)) {
    return { written: [], present: objects.map(([file]) => keyOf(file)) };
  }
  const written: string[] = [];
  const present: string[] = [];
  let done = 0;
  for (const [file, bytes] of objects) {
    const key = keyOf(file);
    if (await store.put(key, bytes, { ifAbsent: true })) written.push(key);
    else if (await isPresent(store, key, bytes, manifest)) present.push(key);
    done += bytes.byteLength;
    onProgress(done, total);
  }
  return { written, present };
}

/**
 * Whether the bucket has an object with this content.
 *
 * @throws CliError VERSION_PUBLISHED if it has it with another content
 */
async function isPresent(
  store: ModelStore,
  key: string,
  bytes: Uint8Array,
  manifest: ModelManifest,
  isSame = isSameFile,
): Promise<boolean> {
  const object = await store.get(key);
  if (!object) return false;
  if (isSame(object.bytes, bytes)) return true;
  const complete = await store.has(versionFileKey(manifest, MANIFEST));
  throw new CliError("VERSION_PUBLISHED", {
    what: `${versionName(manifest)} cannot be published.`,
    why: complete
      ? `It is already published with another ${key}, and a published version never changes.`
      : `An interrupted publication of another model left ${key}.`,
    fix: complete
      ? "Give the next version, such as --version 1.0.1."
      : `Clear it with resnet-edge model remove ${versionName(manifest)}, or give the next version.`,
  });
}

function isSameFile(a: Uint8Array, b: Uint8Array): boolean {
  return sha256(a) === sha256(b);
}

/** By content: the published one may have been written for an earlier version of the schema. */
function isSameManifest(a: Uint8Array, b: Uint8Array): boolean {
  const [one, other] = [a, b].map((bytes) =>
    parseJson(new TextDecoder().decode(bytes), manifestSchema),
  );
  if (one?.problem !== undefined || other?.problem !== undefined) return false;
  return isDeepStrictEqual(one?.value, other?.value);
}
