import { PURGES_KEY, purgeCount, purgesSchema } from "../../src/models/purges.ts";
import { type VersionRef, versionName } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { compareAndSet, type StoredJson } from "./stored-json.ts";

const PURGES: StoredJson<typeof purgesSchema> = {
  key: PURGES_KEY,
  schema: purgesSchema,
  empty: {},
  // Counts add up in any order. Each failed try is a success of someone else's.
  tries: 10,
};

/**
 * Counts a purge of a version's cached results.
 *
 * @returns the new count
 * @throws CliError CONFLICT, BUCKET_DAMAGED
 */
export async function raisePurgeCount(store: ModelStore, ref: VersionRef): Promise<number> {
  const version = versionName(ref);
  const purges = await compareAndSet(store, PURGES, (before) => ({
    ...before,
    [version]: purgeCount(before, version) + 1,
  }));
  return purgeCount(purges, version);
}
