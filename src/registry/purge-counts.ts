/** `purges.json` in R2: how often the remembered results of each model version have been purged. */
import * as z from "zod";
import { type KeepAlive, OncePerKey } from "../inference/once.ts";
import type { ModelBucket } from "./model-bucket.ts";

/** R2 key of the counts. */
export const PURGES_KEY = "purges.json";

/** Schema of `purges.json`: counts by `id@version`. */
export const purgesSchema = z.record(z.string(), z.int().min(0));

/** Validated counts. */
export type Purges = z.infer<typeof purgesSchema>;

/**
 * The counts as one isolate knows them. They are part of the cache's keys: a purge raises one, and
 * what was stored under the lower count is never found again.
 */
export class PurgeCounts {
  readonly #bucket: ModelBucket;
  readonly #ttlMs: number;
  readonly #read: OncePerKey<Purges>;
  #readAt = 0;

  constructor(bucket: ModelBucket, ttlMs: number, keepAlive: KeepAlive) {
    this.#bucket = bucket;
    this.#ttlMs = ttlMs;
    this.#read = new OncePerKey(keepAlive);
  }

  /** @throws ModelError MODEL_UNAVAILABLE where `purges.json` cannot be read */
  async of(modelVersionName: string): Promise<number> {
    if (Date.now() - this.#readAt >= this.#ttlMs) {
      this.#read.forget(PURGES_KEY);
      this.#readAt = Date.now();
    }
    const purges = await this.#read.get(PURGES_KEY, () => this.#bucket.readPurges());
    return Object.hasOwn(purges, modelVersionName) ? (purges[modelVersionName] as number) : 0;
  }
}
