/** Caches the outputs of networks in the Cache API. */
import type { Refreshed } from "../concurrency/refreshed.ts";
import { type Purges, purgeCount } from "../models/purges.ts";
import { versionName } from "../models/version-ref.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";
import type { CachedOutputs } from "./pass.ts";

export type WebCache = Pick<Cache, "match" | "put">;

export type ResultCacheOptions = {
  readonly purges: Refreshed<Purges>;
  readonly maxAgeSeconds: number;
  /** Name of the image decoder. It is part of the key, because decoders give slightly different pixels. */
  readonly decoder: string;
};

const CLASS_COUNT_HEADER = "x-class-count";

/**
 * Caches outputs by image, version, model file and preprocessing. The parameters of a query (topK,
 * threshold, locale) are applied to the outputs afterwards, so queries with different parameters share
 * an entry. If the cache fails, callers classify the image again.
 */
export class ResultCache {
  readonly #cache: WebCache;
  readonly #options: ResultCacheOptions;

  constructor(cache: WebCache, options: ResultCacheOptions) {
    this.#cache = cache;
    this.#options = options;
  }

  async find(imageSha256: string, model: LabelledModel): Promise<CachedOutputs | undefined> {
    const response = await this.#cache.match(await this.#key(imageSha256, model));
    const classCount = Number(response?.headers.get(CLASS_COUNT_HEADER));
    if (!response || classCount !== model.classCount) return undefined;
    const floats = new Float32Array(await response.arrayBuffer());
    const embedding = floats.subarray(classCount);
    return {
      logits: floats.subarray(0, classCount),
      embedding: embedding.length > 0 ? embedding : undefined,
    };
  }

  async store(imageSha256: string, model: LabelledModel, outputs: CachedOutputs): Promise<void> {
    const { logits, embedding = new Float32Array() } = outputs;
    const body = new Float32Array(logits.length + embedding.length);
    body.set(logits);
    body.set(embedding, logits.length);
    const headers = {
      "cache-control": `public, max-age=${this.#options.maxAgeSeconds}`,
      [CLASS_COUNT_HEADER]: String(logits.length),
    };
    await this.#cache.put(await this.#key(imageSha256, model), new Response(body, { headers }));
  }

  async #key(imageSha256: string, { manifest, preprocessSha256 }: LabelledModel): Promise<string> {
    const name = versionName(manifest);
    const { purges, decoder } = this.#options;
    const purged = purgeCount(await purges.get(), name);
    // The Cache API requires a URL as the key. This one is never requested.
    return `https://results.invalid/${name}/${manifest.files.model.sha256}/${preprocessSha256}/${decoder}/${purged}/${imageSha256}`;
  }
}
