/** The local R2 bucket: what `npm start` serves from, by miniflare. */
import { dirname, join, resolve } from "node:path";
import type { R2Bucket } from "@cloudflare/workers-types";
import { getPlatformProxy } from "wrangler";
import type { ListedObject, ModelStore } from "./model-store.ts";

/** Wrangler's own folder, beside wrangler.toml. */
export const LOCAL_STATE = ".wrangler/state/v3";

/**
 * Opens the bucket of the binding MODELS.
 *
 * @param configPath - of wrangler.toml; the bucket's files lie beside it, in .wrangler
 */
export async function openLocalStore(configPath: string): Promise<ModelStore> {
  // Nothing of what follows is to leave this machine.
  process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";
  process.env.WRANGLER_SEND_METRICS ??= "false";
  const platform = await getPlatformProxy<{ MODELS: R2Bucket }>({
    configPath,
    remoteBindings: false,
    // Where wrangler keeps it too; the default would be below the current folder, wherever that is.
    persist: { path: join(dirname(resolve(configPath)), LOCAL_STATE) },
  });
  const bucket = platform.env.MODELS;
  return {
    name: "the local bucket",
    get: async (key) => {
      const object = await bucket.get(key);
      return (
        (object && { bytes: new Uint8Array(await object.arrayBuffer()), etag: object.etag }) ??
        undefined
      );
    },
    has: async (key) => (await bucket.head(key)) !== null,
    list: async (prefix) => {
      const objects: ListedObject[] = [];
      let cursor: string | undefined;
      do {
        const page = await bucket.list(cursor === undefined ? { prefix } : { prefix, cursor });
        for (const { key, size, uploaded } of page.objects) {
          objects.push({ key, bytes: size, uploaded });
        }
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor !== undefined);
      return objects;
    },
    put: async (key, bytes, condition) => {
      const onlyIf =
        "ifMatch" in condition ? { etagMatches: condition.ifMatch } : { etagDoesNotMatch: "*" };
      return (await bucket.put(key, bytes, { onlyIf })) !== null;
    },
    delete: (keys) => bucket.delete([...keys]),
    close: () => platform.dispose(),
  };
}
