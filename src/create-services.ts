/** Puts the parts together that answer the requests of one isolate. */
import hierarchyTsv from "../models/labels/hierarchy.tsv";
import labelTableTsv from "../models/labels/imagenet1k.tsv";
import { ResultCache, type WebCache } from "./classification/result-cache.ts";
import type { ClassifyServices } from "./classification/services.ts";
import { ShadowRunner } from "./classification/shadow-runner.ts";
import { AdmissionQueue } from "./concurrency/admission-queue.ts";
import type { KeepAlive } from "./concurrency/keep-alive.ts";
import { Refreshed } from "./concurrency/refreshed.ts";
import type { Config, Env } from "./config.ts";
import { AppError } from "./errors.ts";
import { recordShadows } from "./http/shadow-record.ts";
import type { ImageDecoder } from "./imaging/image-decoder.ts";
import { jsImageDecoder } from "./imaging/js-image-decoder.ts";
import type { Runtime } from "./inference/runtime.ts";
import { parseHierarchy } from "./labels/hierarchy.ts";
import { parseLabelTable } from "./labels/label-table.ts";
import { HeadRows } from "./registry/head-rows.ts";
import { ModelBucket } from "./registry/model-bucket.ts";
import { ModelCatalog } from "./registry/model-catalog.ts";
import { ModelHealth } from "./registry/model-health.ts";
import { NetworkLoader } from "./registry/network-loader.ts";

/** What the platform gives beside the environment. */
export type Platform = {
  /** The decoder for `IMAGE_DECODER=wasm`. */
  readonly imageDecoder: ImageDecoder;
  readonly startRuntime: () => Promise<Runtime>;
  readonly keepAlive: KeepAlive;
  readonly cache: WebCache;
  /** Writes one line to the log. */
  readonly log: (line: string) => void;
};

/** The services of one isolate. */
export function createServices(env: Env, config: Config, platform: Platform): ClassifyServices {
  const { keepAlive } = platform;
  const bucket = new ModelBucket(env.MODELS);
  const health = new ModelHealth(config.aliasesTtlMs, platform.log);
  return {
    catalog: new ModelCatalog(bucket, {
      table: parseLabelTable(labelTableTsv),
      aliasesTtlMs: config.aliasesTtlMs,
      labelMap: config.labelMap,
      health,
      onError: (error) => platform.log(formatWarning(error)),
      keepAlive,
    }),
    networks: new NetworkLoader(bucket, {
      startRuntime: platform.startRuntime,
      limits: config.modelLimits,
      keepAlive,
    }),
    health,
    headRows: new HeadRows(bucket),
    hierarchy: parseHierarchy(hierarchyTsv),
    imageDecoder: config.imageDecoder === "js" ? jsImageDecoder : platform.imageDecoder,
    imageLimits: config.imageLimits,
    shadows: new ShadowRunner(recordShadows(env.ANALYTICS, platform.log)),
    queue: new AdmissionQueue(config.queueLength, keepAlive),
    resultCache:
      config.resultCacheSeconds === 0
        ? undefined
        : new ResultCache(platform.cache, {
            purges: new Refreshed(() => bucket.readPurges(), {
              ttlMs: config.aliasesTtlMs,
              // After a purge, an isolate that was idle must not give one more old answer.
              maxStaleMs: config.aliasesTtlMs,
              keepAlive,
            }),
            maxAgeSeconds: config.resultCacheSeconds,
            decoder: config.imageDecoder,
          }),
    keepAlive,
  };
}

/** A line for what went wrong while nobody waited for it. */
function formatWarning(error: unknown): string {
  const { code = "INTERNAL_SERVER_ERROR" } = error instanceof AppError ? error : {};
  const reason = error instanceof Error ? error.message : String(error);
  return JSON.stringify({ level: "warn", event: "background-failure", code, reason });
}
