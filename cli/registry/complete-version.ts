/** Adds to a published version what may be added: a file for LiteRT. */

import { isDeepStrictEqual } from "node:util";
import { type ModelManifest, manifestSchema } from "../../src/models/manifest.ts";
import { parseJson } from "../../src/models/parse-json.ts";
import { type VersionRef, versionFileKey, versionName } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";
import { withLitert } from "../litert/derive-litert.ts";
import { encodeManifest, MANIFEST } from "../models/model-folder.ts";
import type { NewVersion, Published } from "./new-version.ts";
import { TOMBSTONE } from "./published-versions.ts";
import { hasContent, putLitert } from "./put-litert.ts";

/** How often to try if others change the manifest at the same time. */
const MAX_TRIES = 4;

/**
 * Compares a model with the version of the same name in the bucket. If the version has no file for LiteRT, or a
 * damaged one, and the model comes with one, the file is added first, and then named in the manifest, on condition
 * that the manifest is still the one that was read.
 *
 * The file is derived from the graph, so the version is still the same model. Isolates that run already keep the
 * manifest that they have read.
 *
 * @throws CliError VERSION_PUBLISHED if it is another model; VERSION_REMOVED, CONFLICT
 */
export async function completeVersion(
  store: ModelStore,
  { manifest, files, litert }: NewVersion,
): Promise<Published> {
  const keyOf = (file: string) => versionFileKey(manifest, file);
  const written: string[] = [];
  const present = [...files.keys()].map(keyOf);
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const found = await store.get(keyOf(MANIFEST));
    if (!found) return explainGone(store, manifest, written);
    const published = parseManifest(found.bytes);
    if (!published || !isSameModel(published, manifest)) throw refuseOther(manifest);
    const { litert: entry } = published.files;
    const isComplete =
      entry !== undefined && (await hasContent(store, keyOf(entry.path), entry.sha256));
    if (!litert || isComplete) {
      const known = entry ? [keyOf(entry.path)] : [];
      return {
        isNew: false,
        written,
        present: [...present, ...known, keyOf(MANIFEST)],
        manifest: published,
      };
    }
    const put = await putLitert(store, manifest, litert);
    if (put.isWritten) written.push(put.key);
    const complete = withLitert(published, put.entry);
    const condition = { ifMatch: found.etag };
    if (await store.put(keyOf(MANIFEST), encodeManifest(complete), condition)) {
      return {
        isNew: false,
        written: [...written, keyOf(MANIFEST)],
        present: put.isWritten ? present : [...present, put.key],
        manifest: complete,
      };
    }
  }
  throw new CliError("CONFLICT", {
    what: `${versionName(manifest)} did not get a file for LiteRT.`,
    why: `${keyOf(MANIFEST)} changed during each of ${MAX_TRIES} attempts.`,
    fix: "Run the same command again.",
  });
}

/** @throws CliError VERSION_REMOVED */
export async function requireNotRemoved(store: ModelStore, version: VersionRef): Promise<void> {
  if (!(await store.has(versionFileKey(version, TOMBSTONE)))) return;
  throw new CliError("VERSION_REMOVED", {
    what: `${versionName(version)} cannot be published.`,
    why: "A version of this name was removed; caches and receipts that mention it must not get another.",
    fix: "Give the next version, such as --version 1.0.1.",
  });
}

/** @returns undefined if it is not valid */
function parseManifest(bytes: Uint8Array): ModelManifest | undefined {
  const parsed = parseJson(new TextDecoder().decode(bytes), manifestSchema);
  return parsed.problem === undefined ? parsed.value : undefined;
}

/**
 * Compares the content: the published manifest may have been written for an earlier version of the schema. The files
 * for LiteRT may differ, because they are derived.
 */
function isSameModel(a: ModelManifest, b: ModelManifest): boolean {
  return isDeepStrictEqual(withLitert(a, undefined), withLitert(b, undefined));
}

function refuseOther(manifest: ModelManifest): CliError {
  const key = versionFileKey(manifest, MANIFEST);
  return new CliError("VERSION_PUBLISHED", {
    what: `${versionName(manifest)} cannot be published.`,
    why: `It is already published with another ${key}, and a published version never changes.`,
    fix: "Give the next version, such as --version 1.0.1.",
  });
}

/** The version was removed while it was being completed: nothing of it may stay. */
async function explainGone(
  store: ModelStore,
  manifest: ModelManifest,
  written: readonly string[],
): Promise<never> {
  if (written.length > 0 && (await store.has(versionFileKey(manifest, TOMBSTONE)))) {
    await store.delete(written);
  }
  await requireNotRemoved(store, manifest);
  throw new CliError("CONFLICT", {
    what: `${versionName(manifest)} was not published.`,
    why: `${versionFileKey(manifest, MANIFEST)} was deleted while the command ran.`,
    fix: "Run the same command again.",
  });
}
