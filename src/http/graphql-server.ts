/** The GraphQL endpoint: GraphQL over HTTP, multipart uploads and GraphiQL, by GraphQL Yoga. */
import type { GraphQLSchema } from "graphql";
import { createYoga } from "graphql-yoga";
import type { Profile } from "../config.ts";
import { AppError } from "../errors.ts";
import type { ResolverContext } from "../resolvers/context.ts";
import { refuseForgeable } from "./csrf.ts";
import { toGraphQLError } from "./graphql-errors.ts";
import { limitPlugins } from "./graphql-limits.ts";
import { malformedRequests } from "./malformed-requests.ts";
import { readBody } from "./read-body.ts";
import { traceErrors } from "./trace-errors.ts";

/** Path of the endpoint. */
export const GRAPHQL_PATH = "/graphql";

/** What Yoga parses. */
const MEDIA_TYPES =
  /^\s*(?:application\/(?:json|graphql|graphql\+json|x-www-form-urlencoded)|multipart\/form-data)\s*(?:;|$)/i;

const GRAPHIQL_QUERY = `# Add a file or Base64 text as the variable "image" to classify a photo.
query Labels {
  labels(search: "cat", first: 5) {
    nodes { synset label(locale: EN) zh: label(locale: ZH) }
    totalCount
  }
}
`;

/** Settings of the endpoint. */
export type GraphqlServerOptions = {
  readonly maxBodyBytes: number;
  readonly profile: Profile;
};

/** Answers requests to {@link GRAPHQL_PATH}; rejects with an AppError where one is no query. */
export function createGraphqlServer(
  schema: GraphQLSchema,
  { maxBodyBytes, profile }: GraphqlServerOptions,
): (request: Request, context: ResolverContext) => Promise<Response> {
  const open = profile === "open";
  const yoga = createYoga<ResolverContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    // src/app.ts sets the headers of all paths.
    cors: false,
    graphiql: open && { title: "resnet-edge", defaultQuery: GRAPHIQL_QUERY },
    maskedErrors: { maskError: toGraphQLError },
    // Yoga would log every mistake of a caller with its stack; `toGraphQLError` logs ours.
    logging: false,
    plugins: [malformedRequests, ...limitPlugins(profile), traceErrors],
  });
  return async (request, context) => {
    if (!open) refuseForgeable(request);
    if (request.method === "POST") requireMediaType(request);
    const bounded =
      request.method === "POST" ? await withBody(request, maxBodyBytes, context) : request;
    return yoga.fetch(bounded, context);
  };
}

async function withBody(
  request: Request,
  maxBodyBytes: number,
  { bodyShare }: ResolverContext,
): Promise<Request> {
  const body = await readBody(request, maxBodyBytes, bodyShare);
  return new Request(request.url, { method: "POST", headers: request.headers, body });
}

/** Yoga answers other types with an empty 415. */
function requireMediaType(request: Request): void {
  const given = request.headers.get("content-type") ?? "none";
  if (MEDIA_TYPES.test(given)) return;
  throw new AppError(
    "UNSUPPORTED_MEDIA_TYPE",
    `The request's Content-Type is ${given}, but a query comes as application/json, or as multipart/form-data with a file. Set one of these.`,
  );
}
