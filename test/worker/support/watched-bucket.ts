import { env } from "cloudflare:workers";
import type { R2Bucket } from "@cloudflare/workers-types";

/** How reading an object fails. */
export type ReadFault = "throws" | "throws at once" | "breaks off" | "ends early";

/** The bucket of the tests: counts operations, and fails to read some objects. */
export type WatchedBucket = {
  readonly bucket: R2Bucket;
  /** By key. */
  readonly faults: Map<string, ReadFault>;
  /** Operations so far, such as "list models/" or "get aliases.json". */
  readonly operations: string[];
};

type ObjectBody = NonNullable<Awaited<ReturnType<R2Bucket["get"]>>>;

export function watchBucket(): WatchedBucket {
  const faults = new Map<string, ReadFault>();
  const operations: string[] = [];
  const bucket = {
    get(key: string, options?: object) {
      operations.push(`get ${key}`);
      const fault = faults.get(key);
      if (fault === "throws at once") throw new Error("R2 is out of order.");
      return get(key, options, fault);
    },
    async head(key: string) {
      operations.push(`head ${key}`);
      if (faults.has(key)) throw new Error("R2 is out of order.");
      return env.MODELS.head(key);
    },
    async list(options: { prefix: string }) {
      operations.push(`list ${options.prefix}`);
      if (faults.has(options.prefix)) throw new Error("R2 is out of order.");
      return env.MODELS.list(options);
    },
  };
  return { bucket: bucket as unknown as R2Bucket, faults, operations };
}

async function get(key: string, options: object | undefined, fault: ReadFault | undefined) {
  if (fault === "throws") throw new Error("R2 is out of order.");
  const object = (await env.MODELS.get(key, options)) as ObjectBody | null;
  if (!object || !fault) return object;
  const arrayBuffer = async () => {
    const bytes = await object.arrayBuffer();
    if (fault === "breaks off") throw new Error("Network connection lost.");
    return bytes.slice(0, bytes.byteLength >> 1);
  };
  return { size: object.size, body: object.body, arrayBuffer };
}
