/** Files on disk in the shape of an R2 bucket, for the commands that need no Worker. */
import { readFile } from "node:fs/promises";
import { toReadableBucket } from "../cli/buckets/readable-bucket.ts";
import { ALIASES_KEY } from "../src/models/aliases.ts";
import type { ReadableBucket } from "../src/registry/model-bucket.ts";
import { EMBEDDED_ALIASES, listEmbeddedModels, readEmbeddedVersion } from "./embedded-models.ts";

/** A bucket that holds the embedded models and their aliases. */
export async function openEmbeddedBucket(): Promise<ReadableBucket> {
  // Contents by key.
  const files = new Map<string, () => Promise<Uint8Array>>();
  files.set(ALIASES_KEY, () => readFile(EMBEDDED_ALIASES));
  for (const folder of await listEmbeddedModels()) {
    const { objects } = await readEmbeddedVersion(folder);
    for (const [key, bytes] of objects) files.set(key, async () => bytes);
  }
  return toReadableBucket({
    get: async (key) => {
      const content = await files.get(key)?.();
      return content && { bytes: Uint8Array.from(content), etag: "" };
    },
    has: async (key) => files.has(key),
    list: async (prefix) =>
      [...files.keys()]
        .filter((key) => key.startsWith(prefix))
        .sort()
        .map((key) => ({ key, bytes: 0, uploaded: new Date(0) })),
  });
}
