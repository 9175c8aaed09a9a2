/** Caches the outputs of networks in the Cache API. */
import type { Refreshed } from "../concurrency/refreshed.ts";
import type { Framing } from "../imaging/framing.ts";
import { ENGINES, type EngineName } from "../inference/engines/engine.ts";
import { type Purges, purgeCount } from "../models/purges.ts";
import { versionName } from "../models/version-ref.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";
import type { PartOutputs, Parts } from "./pass.ts";

export type WebCache = Pick<Cache, "match" | "put">;

export type ResultCacheOptions = {
  readonly purges: Refreshed<Purges>;
  readonly maxAgeSeconds: number;
  /** Name of the image decoder. It is part of the key, because decoders give slightly different pixels. */
  readonly decoder: string;
};

/** What the outputs depend on, apart from the options of the cache. */
export type ResultKey = {
  readonly imageSha256: string;
  readonly model: LabelledModel;
  /** Engines give slightly different outputs. */
  readonly engine: EngineName;
  readonly framing: Framing;
  /** How many parts of the photo the network sees. */
  readonly parts: number;
};

const CLASS_COUNT_HEADER = "x-class-count";

/**
 * Caches outputs by image, version, engine, model file, preprocessing and framing. The parameters of a query (topK,
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

  async find(key: ResultKey): Promise<Parts | undefined> {
    const response = await this.#cache.match(await this.#url(key));
    const { classCount } = key.model;
    if (!response || Number(response.headers.get(CLASS_COUNT_HEADER)) !== classCount) {
      return undefined;
    }
    const floats = new Float32Array(await response.arrayBuffer());
    const length = floats.length / key.parts;
    if (!Number.isInteger(length)) return undefined;
    const partAt = (part: number): PartOutputs => {
      const own = floats.subarray(part * length, (part + 1) * length);
      const embedding = own.subarray(classCount);
      return {
        logits: own.subarray(0, classCount),
        embedding: embedding.length > 0 ? embedding : undefined,
      };
    };
    return [partAt(0), ...Array.from({ length: key.parts - 1 }, (_, i) => partAt(i + 1))];
  }

  async store(key: ResultKey, parts: Parts): Promise<void> {
    const vectors = parts.flatMap(({ logits, embedding = new Float32Array() }) => [
      logits,
      embedding,
    ]);
    const body = new Float32Array(vectors.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const vector of vectors) {
      body.set(vector, at);
      at += vector.length;
    }
    const headers = {
      "cache-control": `public, max-age=${this.#options.maxAgeSeconds}`,
      [CLASS_COUNT_HEADER]: String(parts[0].logits.length),
    };
    await this.#cache.put(await this.#url(key), new Response(body, { headers }));
  }

  async #url({ imageSha256, model, engine, framing, parts }: ResultKey): Promise<string> {
    const { manifest, preprocessSha256 } = model;
    const name = versionName(manifest);
    const { purges, decoder } = this.#options;
    const purged = purgeCount(await purges.get(), name);
    const file = manifest.files[ENGINES[engine].file];
    const framed = framing === "CROP" ? "" : `/${framing}/${parts}`;
    // The Cache API requires a URL as the key. This one is never requested.
    return `https://results.invalid/${name}/${engine}/${file?.sha256}/${preprocessSha256}/${decoder}/${purged}/${imageSha256}${framed}`;
  }
}
