import { type VersionRef, versionFileKey } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { sha256 } from "../files/sha256.ts";
import { type LitertFile, nameByContent } from "../litert/derive-litert.ts";

/** A file for LiteRT in the bucket. */
export type PutLitert = {
  readonly key: string;
  readonly entry: LitertFile["entry"];
  /** Whether it was written; false if it was there already, with the same content. */
  readonly isWritten: boolean;
};

/**
 * Uploads a version's file for LiteRT, before the manifest that names it. Different releases of this command line
 * can derive different bytes from one graph. If the bucket has a file with other content, a manifest may be about to
 * name it, so it stays as it is, and the new one gets another name.
 */
export async function putLitert(
  store: ModelStore,
  version: VersionRef,
  file: LitertFile,
): Promise<PutLitert> {
  const keyOf = ({ entry }: LitertFile) => versionFileKey(version, entry.path);
  const plain = keyOf(file);
  if (await store.put(plain, file.bytes, { ifAbsent: true })) {
    return { key: plain, entry: file.entry, isWritten: true };
  }
  if (await hasContent(store, plain, file.entry.sha256)) {
    return { key: plain, entry: file.entry, isWritten: false };
  }
  const named = nameByContent(file);
  const key = keyOf(named);
  if (await hasContent(store, key, named.entry.sha256)) {
    return { key, entry: named.entry, isWritten: false };
  }
  const damaged = await store.get(key);
  const condition = damaged ? { ifMatch: damaged.etag } : ({ ifAbsent: true } as const);
  // If someone else has written it meanwhile, it has the same content.
  const isWritten = await store.put(key, named.bytes, condition);
  return { key, entry: named.entry, isWritten };
}

/** Whether the bucket has an object with this SHA-256. */
export async function hasContent(
  store: ModelStore,
  key: string,
  expected: string,
): Promise<boolean> {
  const object = await store.get(key);
  return object !== undefined && sha256(object.bytes) === expected;
}
