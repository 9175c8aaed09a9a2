/** A bucket of models, as operators use it: on this machine or at Cloudflare. */
import type { MemoryLimits } from "../../src/models/memory-budget.ts";

export type StoredObject = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Changes whenever the object does. */
  readonly etag: string;
};

/** An object in a list. */
export type ListedObject = {
  readonly key: string;
  readonly bytes: number;
  readonly uploaded: Date;
};

/** Writes an object only if there is none, or only over the state with this etag. */
export type PutCondition = { readonly ifAbsent: true } | { readonly ifMatch: string };

/**
 * A bucket. Every method rejects with CliError BUCKET_UNREACHABLE or BUCKET_MISCONFIGURED if the bucket
 * does not answer.
 */
export type ModelStore = {
  /** What messages call it. */
  readonly name: string;
  /** How much memory the Workers that read the bucket have for networks. */
  readonly memoryLimits: MemoryLimits;
  get(key: string): Promise<StoredObject | undefined>;
  has(key: string): Promise<boolean>;
  /** In the order of the keys. */
  list(prefix: string): Promise<ListedObject[]>;
  /** @returns whether it was written; false if the condition does not hold */
  put(key: string, bytes: Uint8Array, condition: PutCondition): Promise<boolean>;
  delete(keys: readonly string[]): Promise<void>;
  close(): Promise<void>;
};
