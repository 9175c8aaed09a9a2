/** The local R2 bucket, in miniflare: the one that `npm start` serves from. */
import { setTimeout as wait } from "node:timers/promises";
import { CliError } from "../cli-error.ts";
import { openLocalBucket } from "./local-bucket.ts";
import type { ListedObject, ModelStore } from "./model-store.ts";
import { readMemoryLimits } from "./read-memory-limits.ts";

const NAME = "the local bucket";
/** While another process writes, the bucket's database is locked, usually for milliseconds. */
const WAITS_MS = [50, 100, 200, 400, 800];

/**
 * Opens the bucket of the binding MODELS.
 *
 * @param configPath - of wrangler.toml; the bucket's files lie beside it, in .wrangler
 */
export async function openLocalStore(configPath: string): Promise<ModelStore> {
  const { bucket, close } = await openLocalBucket(configPath);
  return {
    name: NAME,
    memoryLimits: readMemoryLimits(configPath),
    get: (key) =>
      patiently(async () => {
        const object = await bucket.get(key);
        if (!object) return undefined;
        return { bytes: new Uint8Array(await object.arrayBuffer()), etag: object.etag };
      }),
    has: (key) => patiently(async () => (await bucket.head(key)) !== null),
    list: async (prefix) => {
      const objects: ListedObject[] = [];
      let cursor: string | undefined;
      do {
        const options = cursor === undefined ? { prefix } : { prefix, cursor };
        const page = await patiently(() => bucket.list(options));
        for (const { key, size, uploaded } of page.objects) {
          objects.push({ key, bytes: size, uploaded });
        }
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor !== undefined);
      return objects;
    },
    put: (key, bytes, condition) => {
      const onlyIf =
        "ifMatch" in condition ? { etagMatches: condition.ifMatch } : { etagDoesNotMatch: "*" };
      return patiently(async () => (await bucket.put(key, bytes, { onlyIf })) !== null);
    },
    delete: (keys) => patiently(() => bucket.delete([...keys])),
    close,
  };
}

/** Retries for a second and a half. Each operation of a bucket happens completely or not at all. */
async function patiently<Value>(work: () => Promise<Value>): Promise<Value> {
  for (const waitMs of WAITS_MS) {
    try {
      return await work();
    } catch {
      await wait(waitMs);
    }
  }
  return work().catch((cause: Error) => {
    throw new CliError("BUCKET_UNREACHABLE", {
      what: `Cannot use ${NAME}.`,
      why: `${WAITS_MS.length + 1} attempts failed, the last with: ${cause.message}.`,
      fix: "If another process is using the bucket, wait until it is done, then run the same command again.",
      cause,
    });
  });
}
