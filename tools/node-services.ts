/** The Worker's services in Node: the same code over files on disk. */
import { readFile } from "node:fs/promises";
import { readLabelTable } from "../cli/platform/label-table.ts";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { startNodeRuntime } from "../cli/platform/node-runtime.ts";
import type { ClassifyServices } from "../src/classification/services.ts";
import { ShadowRunner } from "../src/classification/shadow-runner.ts";
import { AdmissionQueue } from "../src/concurrency/admission-queue.ts";
import { parseConfig } from "../src/config.ts";
import { jsImageDecoder } from "../src/imaging/js-image-decoder.ts";
import { parseHierarchy } from "../src/labels/hierarchy.ts";
import { HeadRows } from "../src/registry/head-rows.ts";
import { ModelBucket } from "../src/registry/model-bucket.ts";
import { ModelCatalog } from "../src/registry/model-catalog.ts";
import { ModelHealth } from "../src/registry/model-health.ts";
import { NetworkLoader } from "../src/registry/network-loader.ts";
import { type BucketFiles, openEmbeddedBucket } from "./folder-bucket.ts";

const HIERARCHY = new URL("../models/labels/hierarchy.tsv", import.meta.url);

export type NodeServicesOptions = {
  readonly imageDecoder?: "wasm" | "js";
  /** Other models, as objects of the bucket. */
  readonly more?: BucketFiles;
};

/** Services for the models in models/, without a result cache. */
export async function createNodeServices({
  imageDecoder = "wasm",
  more = new Map(),
}: NodeServicesOptions = {}): Promise<ClassifyServices> {
  const config = parseConfig({});
  const bucket = new ModelBucket(await openEmbeddedBucket(more));
  // Nothing cuts work off here.
  const keepAlive = () => {};
  const log = (line: string) => console.error(line);
  const health = new ModelHealth(0, log);
  return {
    health,
    catalog: new ModelCatalog(bucket, {
      health,
      onError: (error) => log(String(error)),
      table: await readLabelTable(),
      aliasesTtlMs: Number.POSITIVE_INFINITY,
      labelMap: undefined,
      keepAlive,
    }),
    networks: new NetworkLoader(bucket, {
      startRuntime: startNodeRuntime,
      // Node has memory for every model at once.
      limits: { ...config.modelLimits, heapBytes: Number.POSITIVE_INFINITY },
      keepAlive,
    }),
    headRows: new HeadRows(bucket),
    hierarchy: parseHierarchy(await readFile(HIERARCHY, "utf8")),
    imageDecoder: imageDecoder === "js" ? jsImageDecoder : await createNodeImageDecoder(),
    imageLimits: config.imageLimits,
    shadows: new ShadowRunner(() => {}),
    queue: new AdmissionQueue(config.queueLength, keepAlive),
    resultCache: undefined,
    keepAlive,
  };
}
