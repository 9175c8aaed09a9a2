import { env } from "cloudflare:workers";

declare global {
  namespace Cloudflare {
    interface Env {
      readonly MODELS: import("@cloudflare/workers-types").R2Bucket;
      /** Files of the repository and of ../shared; see vitest.config.ts. */
      readonly FILES: Fetcher;
      /** The keys of the objects of the embedded models; FILES has them too. */
      readonly EMBEDDED_KEYS: readonly string[];
    }
  }
}

/** Reads a file by its path from the root of the repository; undefined if it is absent. */
export async function findRepoFile(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const response = await env.FILES.fetch(`http://files/?path=${encodeURIComponent(path)}`);
  const bytes = await response.bytes();
  return response.ok ? (bytes as Uint8Array<ArrayBuffer>) : undefined;
}

/** Reads a file that must exist. */
export async function readRepoFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await findRepoFile(path);
  if (!bytes) throw new Error(`${path} is missing.`);
  return bytes;
}

/** Reads a JSON file that must exist. */
export async function readRepoJson<Value>(path: string): Promise<Value> {
  return JSON.parse(new TextDecoder().decode(await readRepoFile(path)));
}
