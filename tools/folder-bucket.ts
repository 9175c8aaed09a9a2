/** Files on disk in the shape of an R2 bucket, for the commands that need no Worker. */

import { readFile } from "node:fs/promises";
import type { R2ObjectBody, R2Range } from "@cloudflare/workers-types";
import { versionFileKey } from "../src/models/version-ref.ts";

import type { ReadableBucket } from "../src/registry/model-bucket.ts";
import { readEmbeddedManifest } from "./read-embedded-manifest.ts";

const MODELS = new URL("../models/", import.meta.url);
const EMBEDDED = ["efficientnet-lite0", "resnet18-in277"];

/** Contents by key. */
export type BucketFiles = ReadonlyMap<string, () => Promise<Uint8Array>>;

/** A bucket that holds the embedded models, their aliases, and `more`. */
export async function openEmbeddedBucket(more: BucketFiles = new Map()): Promise<ReadableBucket> {
  const files = new Map(more);
  files.set("aliases.json", () => readFile(new URL("aliases.json", MODELS)));
  for (const id of EMBEDDED) {
    const { version, files: names } = await readEmbeddedManifest(id);
    for (const name of [names.model.path, names.head?.path, "manifest.json"]) {
      if (name === undefined) continue;
      const path = new URL(`${id}/${name}`, MODELS);
      files.set(versionFileKey({ id, version }, name), () => readFile(path));
    }
  }
  return toBucket(files);
}

function toBucket(files: BucketFiles): ReadableBucket {
  const get = async (key: string, options?: { range?: R2Range }) => {
    const whole = await files.get(key)?.();
    if (!whole) return null;
    const { offset = 0, length = whole.byteLength } = { ...options?.range } as {
      offset?: number;
      length?: number;
    };
    const bytes = Uint8Array.from(whole.subarray(offset, offset + length));
    return {
      size: whole.byteLength,
      bytes: async () => bytes,
      arrayBuffer: async () => bytes.buffer,
      text: async () => new TextDecoder().decode(bytes),
    } as unknown as R2ObjectBody;
  };
  const objects = [...files.keys()].sort().map((key) => ({ key }));
  return {
    get,
    head: get,
    list: async ({ prefix = "" } = {}) => ({
      objects: objects.filter(({ key }) => key.startsWith(prefix)),
      truncated: false,
    }),
  } as unknown as ReadableBucket;
}
