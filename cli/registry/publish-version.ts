/** Puts a model folder into a bucket, as a version that never changes. */

import type { ModelManifest } from "../../src/models/manifest.ts";
import { versionFileKey, versionName } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";
import { sha256 } from "../files/sha256.ts";
import { withLitert } from "../litert/derive-litert.ts";
import { encodeManifest, MANIFEST } from "../models/model-folder.ts";
import { completeVersion, requireNotRemoved } from "./complete-version.ts";
import type { NewVersion, Published } from "./new-version.ts";
import { putLitert } from "./put-litert.ts";

/**
 * Uploads what the bucket lacks. The manifest goes last, so that an interrupted run leaves no version
 * that looks complete; the next run uploads the rest. A version that was published before gets a file for LiteRT
 * if it has none; nothing else of it changes.
 *
 * @throws CliError VERSION_PUBLISHED, VERSION_REMOVED, CONFLICT
 */
export async function publishVersion(
  store: ModelStore,
  version: NewVersion,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): Promise<Published> {
  const { manifest, files, litert } = version;
  const keyOf = (file: string) => versionFileKey(manifest, file);
  await requireNotRemoved(store, manifest);
  // If the manifest is there, so is the rest; if it is another, nothing may be written.
  if (await store.has(keyOf(MANIFEST))) return completeVersion(store, version);
  const sizes = [...files.values(), ...(litert ? [litert.bytes] : [])];
  const total = sizes.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const written: string[] = [];
  const present: string[] = [];
  let done = 0;
  const note = (key: string, isWritten: boolean, { byteLength }: Uint8Array) => {
    (isWritten ? written : present).push(key);
    done += byteLength;
    onProgress(done, total);
  };
  for (const [file, bytes] of files) {
    const isWritten = await store.put(keyOf(file), bytes, { ifAbsent: true });
    if (!isWritten) await requireSame(store, keyOf(file), bytes, manifest);
    note(keyOf(file), isWritten, bytes);
  }
  const put = litert && (await putLitert(store, manifest, litert));
  if (put) note(put.key, put.isWritten, litert.bytes);
  const complete = withLitert(manifest, put?.entry);
  if (await store.put(keyOf(MANIFEST), encodeManifest(complete), { ifAbsent: true })) {
    return { isNew: true, written: [...written, keyOf(MANIFEST)], present, manifest: complete };
  }
  // Someone else has published the same version meanwhile.
  const completed = await completeVersion(store, version);
  return {
    ...completed,
    written: [...written, ...completed.written],
    present: completed.present.filter((key) => !written.includes(key)),
  };
}

/** @throws CliError VERSION_PUBLISHED if the bucket has the object with another content */
async function requireSame(
  store: ModelStore,
  key: string,
  bytes: Uint8Array,
  manifest: ModelManifest,
): Promise<void> {
  const object = await store.get(key);
  if (object && sha256(object.bytes) === sha256(bytes)) return;
  const name = versionName(manifest);
  const complete = await store.has(versionFileKey(manifest, MANIFEST));
  throw new CliError("VERSION_PUBLISHED", {
    what: `${name} cannot be published.`,
    why: complete
      ? `It is already published with another ${key}, and a published version never changes.`
      : `An interrupted publication of another model left ${key}.`,
    fix: complete
      ? "Give the next version, such as --version 1.0.1."
      : `Clear it with resnet-edge model remove ${name}, or give the next version.`,
  });
}
