import type { AdmissionQueue } from "../concurrency/admission-queue.ts";
import type { KeepAlive } from "../concurrency/keep-alive.ts";
import type { ImageDecoder } from "../imaging/image-decoder.ts";
import type { ImageLimits } from "../imaging/limits.ts";
import type { Hierarchy } from "../labels/hierarchy.ts";
import type { HeadRows } from "../registry/head-rows.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { ModelHealth } from "../registry/model-health.ts";
import type { NetworkLoader } from "../registry/network-loader.ts";
import type { ResultCache } from "./result-cache.ts";
import type { ShadowRunner } from "./shadow-runner.ts";

/** What classifying needs. */
export type ClassifyServices = {
  readonly catalog: ModelCatalog;
  readonly networks: NetworkLoader;
  readonly health: ModelHealth;
  readonly headRows: HeadRows;
  readonly hierarchy: Hierarchy;
  readonly imageDecoder: ImageDecoder;
  readonly imageLimits: ImageLimits;
  readonly queue: AdmissionQueue;
  readonly shadows: ShadowRunner;
  /** Undefined where results are not remembered. */
  readonly resultCache: ResultCache | undefined;
  readonly keepAlive: KeepAlive;
};
