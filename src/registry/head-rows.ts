import type { ModelManifest } from "../models/manifest.ts";
import { versionName } from "../models/version-ref.ts";

import type { ModelBucket } from "./model-bucket.ts";

/** 64 rows of 1280 weights take 330 kB. */
const MAX_ROWS = 64;

/** Rows of the models' classifiers, read one at a time from R2; the latest ones are kept. */
export class HeadRows {
  readonly #bucket: ModelBucket;
  readonly #rows = new Map<string, Float32Array>();

  constructor(bucket: ModelBucket) {
    this.#bucket = bucket;
  }

  /**
   * The weights of one class.
   *
   * @returns [D]
   * @throws ModelError MODEL_UNAVAILABLE
   */
  async read(manifest: ModelManifest, classIndex: number): Promise<Float32Array> {
    const key = `${versionName(manifest)}#${manifest.files.head?.sha256}#${classIndex}`;
    const row = this.#rows.get(key) ?? (await this.#bucket.readHeadRow(manifest, classIndex));
    // A Map keeps the order of insertion: taken out and put back, a row is the latest.
    this.#rows.delete(key);
    this.#rows.set(key, row);
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= MAX_ROWS) break;
      this.#rows.delete(oldest);
    }
    return row;
  }
}
