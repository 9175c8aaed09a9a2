import type { ReadableBucket } from "../../src/registry/model-bucket.ts";
import type { ModelStore } from "./model-store.ts";

/** A store as `ModelBucket` reads it: the Worker and the command line check objects by the same code. */
export function toReadableBucket(store: Pick<ModelStore, "get" | "has" | "list">): ReadableBucket {
  return {
    get: async (key, { range } = {}) => {
      const object = await store.get(key);
      if (!object) return null;
      const { buffer, byteLength } = object.bytes;
      const { offset, length } = range ?? { offset: 0, length: byteLength };
      return {
        size: byteLength,
        body: { cancel: async () => {} },
        arrayBuffer: async () => buffer.slice(offset, offset + length),
      };
    },
    head: async (key) => ((await store.has(key)) ? {} : null),
    list: async ({ prefix }) => ({ objects: await store.list(prefix), truncated: false }),
  };
}
