import type { KeepAlive } from "../concurrency/keep-alive.ts";
import { OncePerKey } from "../concurrency/once-per-key.ts";
import { unusableModel } from "../inference/unusable-model.ts";
import { versionName } from "../models/version-ref.ts";
import type { ModelBucket } from "./model-bucket.ts";
import type { PublishedModel } from "./model-catalog.ts";

/** 64 rows of 1280 weights take 330 kB. */
const MAX_ROWS = 64;
const MAX_VERIFIED = 64;
/** A larger head is not verified by its hash, because it would be in memory as a whole. */
const MAX_VERIFIED_BYTES = 8_000_000;

/** Reads single rows of heads from R2, and caches the most recently used ones. */
export class HeadRows {
  readonly #bucket: ModelBucket;
  readonly #rows: OncePerKey<Float32Array>;
  readonly #verified: OncePerKey<true>;

  constructor(bucket: ModelBucket, keepAlive: KeepAlive) {
    this.#bucket = bucket;
    this.#rows = new OncePerKey(MAX_ROWS, keepAlive);
    this.#verified = new OncePerKey(MAX_VERIFIED, keepAlive);
  }

  /**
   * Returns the weights of one class. Compares the whole head with its hash first, once per isolate.
   *
   * @returns [D]
   * @throws ModelError MODEL_UNAVAILABLE
   */
  async read(model: PublishedModel, classIndex: number): Promise<Float32Array> {
    const { manifest } = model;
    const file = `${versionName(manifest)}#${manifest.files.head?.sha256}`;
    await this.#verified.get(file, () => this.#verify(model));
    return this.#rows.get(`${file}#${classIndex}`, () =>
      this.#bucket.readHeadRow(manifest, classIndex),
    );
  }

  async #verify({ manifest, classCount }: PublishedModel): Promise<true> {
    const { head } = manifest.files;
    if (!head) return true;
    const [rows, width] = head.shape;
    if (rows !== classCount || rows * width * Float16Array.BYTES_PER_ELEMENT !== head.bytes) {
      throw unusableModel(
        `The head of ${versionName(manifest)} has ${head.bytes} bytes and the shape [${head.shape}], but the model has ${classCount} classes. Publish it again with a matching manifest.`,
      );
    }
    if (head.bytes <= MAX_VERIFIED_BYTES) await this.#bucket.readHead(manifest);
    return true;
  }
}
