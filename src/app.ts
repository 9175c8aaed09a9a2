/** Builds the application of one isolate from its environment. */
import { createSchema } from "graphql-yoga";
import { ClassificationBudget } from "./classification/classification-budget.ts";
import { type Env, parseConfig } from "./config.ts";
import { createServices, type Platform } from "./create-services.ts";
import { AfterResponseWork } from "./http/after-response.ts";
import { BodyBudget } from "./http/body-budget.ts";
import { CLASSIFY_PATH, createClassifyEndpoint } from "./http/classify-endpoint.ts";
import { corsHeaders, preflightResponse } from "./http/cors.ts";
import { errorResponse } from "./http/error-response.ts";
import { toGraphQLError } from "./http/graphql-errors.ts";
import { createGraphqlServer, GRAPHQL_PATH } from "./http/graphql-server.ts";
import { admit } from "./http/guard.ts";
import { liveResponse, readyResponse } from "./http/health.ts";
import { Metrics } from "./http/metrics.ts";
import { formatLogLine, writeDataPoint } from "./http/request-record.ts";
import { RequestTrace } from "./http/request-trace.ts";
import type { ResolverContext } from "./resolvers/context.ts";
import { resolvers } from "./resolvers/resolvers.ts";
import { typeDefs } from "./schema/type-defs.ts";

const METRICS_PATH = "/metrics";

/** An isolate has 128 MB, of which the runtime and a model take about 50 and a decoder up to 60. */
const MAX_HELD_BODY_BYTES = 32_000_000;

/** Answers the requests to one path. */
type Endpoint = (request: Request, context: ResolverContext) => Promise<Response>;

/**
 * @returns the handler of all requests
 * @throws AppError CONFIG_INVALID
 */
export function createApp(env: Env, platform: Platform): (request: Request) => Promise<Response> {
  const config = parseConfig(env);
  const { profile, corsOrigins } = config;
  const services = createServices(env, config, platform);
  const metrics = new Metrics();
  const bodies = new BodyBudget(MAX_HELD_BODY_BYTES);
  const schema = createSchema<ResolverContext>({ typeDefs: [...typeDefs], resolvers });
  const guarded: Readonly<Record<string, Endpoint>> = {
    [GRAPHQL_PATH]: createGraphqlServer(schema, config),
    [CLASSIFY_PATH]: createClassifyEndpoint(schema, config.imageLimits.maxBytes),
  };
  return async (request) => {
    const arrived = performance.now();
    const url = new URL(request.url);
    const id = request.headers.get("cf-ray") ?? crypto.randomUUID();
    const trace = new RequestTrace();
    const bodyShare = bodies.open();
    const after = new AfterResponseWork();
    let keyName: string | undefined;
    const response = await answer()
      .catch((error: unknown) => {
        const shown = toGraphQLError(error);
        trace.codes.push(String(shown.extensions.code));
        return errorResponse(shown);
      })
      .finally(() => bodyShare.release());
    finish(response.status);
    after.start(platform.keepAlive);
    return withHeaders(response, { ...corsHeaders(request, corsOrigins), "x-request-id": id });

    async function answer(): Promise<Response> {
      const endpoint = Object.hasOwn(guarded, url.pathname) ? guarded[url.pathname] : undefined;
      if (!endpoint) return answerOpenly(url.pathname);
      if (request.method === "OPTIONS") return preflightResponse(request, corsOrigins);
      keyName = await admit(request, {
        apiKeys: config.apiKeys,
        requireApiKey: config.requireApiKey,
        keyRateLimiter: env.KEY_RATE_LIMITER,
        ipRateLimiter: env.IP_RATE_LIMITER,
        log: platform.log,
      });
      return endpoint(
        request,
        makeContext(request, url, { trace, bodyShare, afterResponse: after.add }),
      );
    }

    function finish(status: number): void {
      const { method } = request;
      const path = knownPath(url.pathname);
      const totalMs = performance.now() - arrived;
      const record = { id, method, path, status, totalMs, keyName, trace };
      metrics.add(record);
      if (config.logRequests) platform.log(formatLogLine(record));
      if (env.ANALYTICS) writeDataPoint(env.ANALYTICS, record);
    }
  };

  async function answerOpenly(path: string): Promise<Response> {
    switch (path) {
      case "/v2/health/live":
        return liveResponse();
      case "/v2/health/ready":
        return readyResponse(services);
      case METRICS_PATH:
        // The figures of one isolate among many; and nobody's business in production.
        return profile === "open" ? metricsResponse() : notFound();
      default:
        return notFound();
    }
  }

  function metricsResponse(): Response {
    const text = metrics.format(() => ({
      resnet_edge_queue_length: {
        help: "Images being classified or waiting.",
        value: services.queue.length,
      },
    }));
    return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4" } });
  }

  function makeContext(
    request: Request,
    url: URL,
    own: Pick<ResolverContext, "trace" | "bodyShare" | "afterResponse">,
  ): ResolverContext {
    const cacheControl = request.headers.get("cache-control") ?? "";
    return {
      services,
      sources: {
        maxBytes: config.imageLimits.maxBytes,
        allowedHosts: config.urlAllowedHosts,
        ownHost: url.host,
        images: env.IMAGES,
      },
      clientId: request.headers.get("x-client-id") ?? undefined,
      useCache: !/\bno-store\b/i.test(cacheControl),
      imageDecoder: config.imageDecoder,
      budget: new ClassificationBudget(config.maxPasses),
      ...own,
    };
  }
}

/** Paths that are not ours are one: anyone can make up any number of them. */
function knownPath(path: string): string {
  const known = [GRAPHQL_PATH, CLASSIFY_PATH, METRICS_PATH, "/v2/health/live", "/v2/health/ready"];
  return known.includes(path) ? path : "other";
}

function withHeaders(response: Response, headers: Record<string, string>): Response {
  const changed = new Response(response.body, response);
  for (const [name, value] of Object.entries(headers)) changed.headers.set(name, value);
  return changed;
}

function notFound(): Response {
  return Response.json(
    { error: `There is nothing here. The API is at ${GRAPHQL_PATH}.` },
    { status: 404 },
  );
}
