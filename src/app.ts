/** The application of one isolate: its routes, and the life of a request. */
import { createSchema } from "graphql-yoga";
import hierarchy from "../models/labels/hierarchy.tsv";
import labelTable from "../models/labels/imagenet1k.tsv";
import { RequestTrace } from "./classification/request-trace.ts";
import type { WebCache } from "./classification/result-cache.ts";
import type { KeepAlive } from "./concurrency/keep-alive.ts";
import type { MemoryAccount } from "./concurrency/memory-ledger.ts";
import { RequestBudget } from "./concurrency/request-budget.ts";
import { type Config, type Env, parseConfig } from "./config.ts";
import { createServices } from "./create-services.ts";
import { AppError } from "./errors.ts";
import { AfterResponseWork } from "./http/after-response.ts";
import { CLASSIFY_PATH, createClassifyEndpoint } from "./http/classify-endpoint.ts";
import { clientAddress } from "./http/client-address.ts";
import { corsHeaders, preflightResponse } from "./http/cors.ts";
import { discardBody } from "./http/discard-body.ts";
import type { Endpoint } from "./http/endpoint.ts";
import { errorPage, isForReader } from "./http/error-page.ts";
import { createErrorMask, errorResponse } from "./http/errors.ts";
import { createGraphqlServer, GRAPHQL_PATH } from "./http/graphql-server.ts";
import { admit, limitAddress, rejectOwn } from "./http/guard.ts";
import { liveResponse, readyResponse } from "./http/health.ts";
import { Metrics } from "./http/metrics.ts";
import { ReadinessCheck } from "./http/readiness.ts";
import { logRequest, recordShadows, writeDataPoint } from "./http/records.ts";
import { methodNotAllowed } from "./http/refusal.ts";
import { Uploads } from "./http/uploads.ts";
import type { ImageDecoder } from "./imaging/image-decoder.ts";
import { jsImageDecoder } from "./imaging/js-image-decoder.ts";
import { ENGINE_NAMES, type EngineStarters } from "./inference/engines/engine.ts";
import { createLog } from "./log.ts";
import type { ResolverContext, ResolverServices } from "./resolvers/context.ts";
import { resolvers } from "./resolvers/resolvers.ts";
import { typeDefs } from "./schema/type-defs.ts";
import { hostOf } from "./sources/fetch-image.ts";
import { ImageReader } from "./sources/image-reader.ts";

/** What the platform provides in addition to the environment. */
export type Platform = {
  /** The decoder that `IMAGE_DECODER=wasm` selects. */
  readonly imageDecoder: ImageDecoder;
  readonly engines: EngineStarters;
  readonly keepAlive: KeepAlive;
  readonly cache: WebCache;
  /** Writes one line to the log. */
  readonly log: (line: string) => void;
};

/**
 * Guarded routes authenticate callers, apply rate limits and answer preflight requests. Open routes answer GET and
 * HEAD to everybody, because they cost nothing.
 */
type Route = { readonly guarded: Endpoint } | { readonly open: () => Response | Promise<Response> };

/**
 * Builds the application from its environment.
 *
 * @returns the handler of all requests
 * @throws AppError CONFIG_INVALID
 */
export function createApp(env: Env, platform: Platform): (request: Request) => Promise<Response> {
  const config = parseConfig(env);
  const log = createLog(platform.log);
  const services = createServices(config, {
    bucket: env.MODELS,
    labelTable,
    hierarchy,
    decoder: config.imageDecoder === "js" ? jsImageDecoder : platform.imageDecoder,
    engines: platform.engines,
    keepAlive: platform.keepAlive,
    cache: platform.cache,
    recordShadow: recordShadows(env.ANALYTICS, log),
    log,
  });
  const metrics = new Metrics();
  const uploads = new Uploads(services.memory, config.memory.inputBytes);
  const maskError = createErrorMask(log, config.profile);
  const readiness = new ReadinessCheck({ ...services, keepAlive: platform.keepAlive });
  const guard = {
    apiKeys: config.apiKeys,
    requireApiKey: config.requireApiKey,
    keyRateLimiter: env.KEY_RATE_LIMITER,
    ipRateLimiter: env.IP_RATE_LIMITER,
    log,
  };
  const schema = createSchema<ResolverContext>({ typeDefs: [...typeDefs], resolvers });
  const routes: Readonly<Record<string, Route>> = {
    [GRAPHQL_PATH]: { guarded: createGraphqlServer(schema, { ...config, maskError }) },
    [CLASSIFY_PATH]: { guarded: createClassifyEndpoint(schema, config.imageLimits.maxBytes) },
    "/v2/health/live": { open: liveResponse },
    "/v2/health/ready": {
      open: () => readyResponse({ ...services, ...config, readiness, maskError }),
    },
    // These figures cover one isolate of many, and are not meant for the public.
    ...(config.profile === "open" ? { "/metrics": { open: metricsResponse } } : {}),
  };

  return (request) => {
    const handled = handle(request);
    // If the caller disconnects, workerd would end the request wherever it is, and its memory would stay reserved.
    platform.keepAlive(handled.catch(() => {}));
    return handled;
  };

  async function handle(request: Request): Promise<Response> {
    const arrived = performance.now();
    const url = new URL(request.url);
    const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
    const id = request.headers.get("cf-ray") ?? crypto.randomUUID();
    const trace = new RequestTrace();
    const memory = services.memory.open();
    const upload = uploads.begin(clientAddress(request.headers), memory);
    const after = new AfterResponseWork();
    const leave = services.queue.enter();
    let keyName: string | undefined;
    const response = await answer().catch((error: unknown) => {
      const shown = maskError(error);
      trace.codes.push(String(shown.extensions.code));
      const failed = errorResponse(shown);
      if (!isForReader(request)) return failed;
      return errorPage(failed.status, shown.message, url.origin, failed.headers);
    });
    await discardBody(request);
    readiness.note(trace);
    record(response.status);
    // Work after the response can still need the image.
    after.start(platform.keepAlive, () => {
      upload.close();
      memory.close();
      leave();
    });
    const cors = corsHeaders(request, config.corsOrigins);
    setHeaders(response, { ...cors, "x-request-id": id });
    return response;

    async function answer(): Promise<Response> {
      rejectOwn(request);
      if (!route) {
        await limitAddress(request, guard);
        throw notFound();
      }
      if ("open" in route) {
        if (request.method === "GET" || request.method === "HEAD") return route.open();
        await limitAddress(request, guard);
        throw methodNotAllowed(request, url.pathname, ["GET", "HEAD"], "Use GET.");
      }
      if (request.method === "OPTIONS") return preflightResponse(request, config.corsOrigins);
      keyName = await admit(request, guard);
      const turns = services.queue.open(request.signal);
      const perRequest = { trace, turns, memory, afterResponse: after.add };
      const context = makeContext(request, url, env, config, services, memory);
      return route.guarded(request, { ...context, ...perRequest }, upload);
    }

    function record(status: number): void {
      // Unknown paths count as one, because callers can send any number of them.
      const path = route ? url.pathname : "other";
      const totalMs = performance.now() - arrived;
      const finished = { id, method: request.method, path, status, totalMs, keyName, trace };
      metrics.add(finished);
      if (config.logRequests) logRequest(log, finished);
      if (env.ANALYTICS) writeDataPoint(env.ANALYTICS, finished);
    }
  }

  function metricsResponse(): Response {
    const text = metrics.format({
      resnet_edge_queue_length: {
        type: "gauge",
        help: "Images being processed or waiting.",
        value: services.queue.length,
      },
      resnet_edge_model_loads_total: {
        type: "counter",
        help: "Networks loaded. It keeps rising if models evict each other.",
        value: services.networks.loads,
      },
      resnet_edge_runtime_heap_bytes: {
        type: "gauge",
        help: "Total size of the engines' heaps, which never shrink.",
        value: services.networks.heapBytes,
      },
      resnet_edge_engine_heap_bytes: {
        type: "gauge",
        help: "Size of each engine's heap; 0 if the engine is not started.",
        value: {
          label: "engine",
          by: Object.fromEntries(
            ENGINE_NAMES.map((name) => [name, services.networks.heapBytesOf(name)]),
          ),
        },
      },
      resnet_edge_memory_held_bytes: {
        type: "gauge",
        help: "Memory that is reserved, at rest, and in the engines' heaps.",
        value: services.memory.heldBytes,
      },
      resnet_edge_memory_peak_bytes: {
        type: "gauge",
        help: "The most memory that was held at the same time.",
        value: services.memory.peakBytes,
      },
    });
    return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4" } });
  }
}

/** Makes the part of the resolver context that depends on the request alone. */
function makeContext(
  request: Request,
  url: URL,
  env: Env,
  config: Config,
  { classifier, catalog, versions, decoder, imageLimits }: ResolverServices,
  memory: MemoryAccount,
): Omit<ResolverContext, "trace" | "turns" | "memory" | "afterResponse"> {
  const budget = new RequestBudget(config.requestLimits);
  const sources = {
    maxBytes: imageLimits.maxBytes,
    allowedHosts: config.urlAllowedHosts,
    ownHost: hostOf(url),
    images: env.IMAGES,
  };
  const maxFetches = config.requestLimits.maxPasses;
  const cacheControl = request.headers.get("cache-control") ?? "";
  return {
    classifier,
    catalog,
    versions,
    decoder,
    imageLimits,
    images: new ImageReader({ sources, memory, budget, maxFetches }),
    clientId: request.headers.get("x-client-id") ?? undefined,
    useCache: !/\bno-store\b/i.test(cacheControl),
    imageDecoder: config.imageDecoder,
    budget,
  };
}

function setHeaders({ headers }: Response, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) headers.set(name, value);
}

function notFound(): AppError {
  return new AppError(
    "NOT_FOUND",
    `There is nothing at this path. The API is at ${GRAPHQL_PATH} and ${CLASSIFY_PATH}.`,
  );
}
