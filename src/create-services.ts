/** Connects the parts that answer the requests of one isolate. */
import { createClassifier } from "./classification/classifier.ts";
import { ResultCache, type WebCache } from "./classification/result-cache.ts";
import type { RecordShadow } from "./classification/shadow-runner.ts";
import { AdmissionQueue } from "./concurrency/admission-queue.ts";
import type { KeepAlive } from "./concurrency/keep-alive.ts";
import { MemoryLedger } from "./concurrency/memory-ledger.ts";
import { Refreshed } from "./concurrency/refreshed.ts";
import { type Config, requireEngine } from "./config.ts";
import type { ImageDecoder } from "./imaging/image-decoder.ts";
import type { EngineSetting, EngineStarters } from "./inference/engines/engine.ts";
import { parseHierarchy } from "./labels/hierarchy.ts";
import { parseLabelTable } from "./labels/label-table.ts";
import { describeError, type Log } from "./log.ts";
import type { VersionRef } from "./models/version-ref.ts";
import { HeadRows } from "./registry/head-rows.ts";
import { ModelBucket, type ReadableBucket } from "./registry/model-bucket.ts";
import { ModelCatalog } from "./registry/model-catalog.ts";
import { ModelHealth } from "./registry/model-health.ts";
import { NetworkLoader } from "./registry/network-loader.ts";
import { Versions } from "./registry/versions.ts";

/** The parts that differ between a Worker and a command in Node. */
export type ServiceParts = {
  readonly bucket: ReadableBucket;
  /** The text of `models/labels/imagenet1k.tsv`. */
  readonly labelTable: string;
  /** The text of `models/labels/hierarchy.tsv`. */
  readonly hierarchy: string;
  /** The decoder that `IMAGE_DECODER` selects. */
  readonly decoder: ImageDecoder;
  readonly engines: EngineStarters;
  /** The engine to use for a version; if absent, the one that `ENGINE` selects. */
  readonly engineOf?: (version: VersionRef) => EngineSetting;
  readonly keepAlive: KeepAlive;
  /** If undefined, results are not cached. */
  readonly cache: WebCache | undefined;
  readonly recordShadow: RecordShadow;
  readonly log: Log;
};

/** The services of one isolate. */
export type Services = ReturnType<typeof createServices>;

/** @throws AppError CONFIG_INVALID if the build does not have the engine of `ENGINE` */
export function createServices(config: Config, parts: ServiceParts) {
  requireEngine(config.engine, parts.engines);
  const { keepAlive, log, decoder, recordShadow } = parts;
  const { aliasesTtlMs, imageLimits, resultCacheSeconds } = config;
  const memory = new MemoryLedger(config.memory);
  const bucket = new ModelBucket(parts.bucket);
  const catalog = new ModelCatalog(bucket, {
    sources: {
      table: parseLabelTable(parts.labelTable),
      hierarchy: parseHierarchy(parts.hierarchy),
    },
    aliasesTtlMs,
    labelMap: config.labelMap,
    onError: (error) => log("warn", "background-failure", describeError(error)),
    keepAlive,
    log,
  });
  const versions = new Versions(catalog, new ModelHealth(aliasesTtlMs, log));
  const networks = new NetworkLoader(bucket, {
    engines: parts.engines,
    engineOf: parts.engineOf ?? (() => config.engine),
    log,
    limits: config.modelLimits,
    memory,
    keepAlive,
  });
  const queue = new AdmissionQueue(config.queueLength, keepAlive);
  const purges = new Refreshed(() => bucket.readPurges(), {
    ttlMs: aliasesTtlMs,
    // After a purge, an isolate that was idle must not return an old result once more.
    maxStaleMs: aliasesTtlMs,
    keepAlive,
  });
  const resultCache =
    parts.cache && resultCacheSeconds > 0
      ? new ResultCache(parts.cache, {
          purges,
          maxAgeSeconds: resultCacheSeconds,
          decoder: config.imageDecoder,
        })
      : undefined;
  const classifier = createClassifier({
    catalog,
    versions,
    networks,
    queue,
    memory,
    resultCache,
    decoder,
    imageLimits,
    headRows: new HeadRows(bucket, keepAlive),
    recordShadow,
    keepAlive,
  });
  return { classifier, catalog, versions, networks, queue, memory, decoder, imageLimits };
}
