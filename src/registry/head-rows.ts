import type { ModelManifest } from "../models/manifest.ts";
import { versionName } from "../models/version-ref.ts";
import type { ModelBucket } from "./model-bucket.ts";

/** 64 rows of 1280 weights take 330 kB. */
const MAX_ROWS = 64;

/** Reads single rows of heads from R2, and caches the most recently used ones. */
export class HeadRows {
  readonly #bucket: ModelBucket;
  readonly #rows = new Map<string, Float32Array>();

  constructor(bucket: ModelBucket) {
    this.#bucket = bucket;
  }

  /**
   * Returns the weights of one class.
   *
   * @returns [D]
   * @throws ModelError MODEL_UNAVAILABLE
   */
  async read(manifest: ModelManifest, classIndex: number): Promise<Float32Array> {
    const key = `${versionName(manifest)}#${manifest.files.head?.sha256}#${classIndex}`;
    const row = this.#rows.get(key) ?? (await this.#bucket.readHeadRow(manifest, classIndex));
    // A Map keeps its insertion order: deleting and setting a row makes it the most recent one.
    this.#rows.delete(key);
    this.#rows.set(key, row);
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= MAX_ROWS) break;
      this.#rows.delete(oldest);
    }
    return row;
  }
}
