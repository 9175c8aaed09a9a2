/** Builds the application of one isolate from its environment. */
import labelTableTsv from "../models/labels/imagenet1k.tsv";
import type { ClassifyServices } from "./classification/classify-image.ts";
import { type Env, parseConfig } from "./config.ts";
import { createGraphqlServer, GRAPHQL_PATH } from "./http/graphql-server.ts";
import { liveResponse, readyResponse } from "./http/health.ts";
import type { ImageDecoder } from "./imaging/image-decoder.ts";
import { jsImageDecoder } from "./imaging/js-image-decoder.ts";
import { parseLabelTable } from "./inference/label-table.ts";
import type { KeepAlive } from "./inference/once.ts";
import type { OrtRuntime } from "./inference/runtime.ts";
import { ModelBucket } from "./registry/model-bucket.ts";
import { ModelCatalog } from "./registry/model-catalog.ts";
import { NetworkLoader } from "./registry/network-loader.ts";

/** What the platform gives beside the environment. */
export type Platform = {
  /** The decoder for `IMAGE_DECODER=wasm`. */
  readonly imageDecoder: ImageDecoder;
  readonly startRuntime: () => Promise<OrtRuntime>;
  readonly keepAlive: KeepAlive;
};

/**
 * @returns the handler of all requests
 * @throws AppError CONFIG_INVALID
 */
export function createApp(env: Env, platform: Platform): (request: Request) => Promise<Response> {
  const config = parseConfig(env);
  const bucket = new ModelBucket(env.MODELS);
  const services: ClassifyServices = {
    catalog: new ModelCatalog(bucket, {
      table: parseLabelTable(labelTableTsv),
      aliasesTtlMs: config.aliasesTtlMs,
      labelMap: config.labelMap,
      keepAlive: platform.keepAlive,
    }),
    networks: new NetworkLoader(bucket, {
      startRuntime: platform.startRuntime,
      modelMemoryBytes: config.modelMemoryBytes,
      keepAlive: platform.keepAlive,
    }),
    imageDecoder: config.imageDecoder === "js" ? jsImageDecoder : platform.imageDecoder,
    imageLimits: config.imageLimits,
  };
  const graphql = createGraphqlServer(services, config);
  return async (request) => {
    switch (new URL(request.url).pathname) {
      case GRAPHQL_PATH:
        return graphql(request);
      case "/v2/health/live":
        return liveResponse();
      case "/v2/health/ready":
        return readyResponse(services);
      default:
        return notFound();
    }
  };
}

function notFound(): Response {
  return Response.json(
    { error: `There is nothing here. The API is at ${GRAPHQL_PATH}.` },
    { status: 404 },
  );
}
