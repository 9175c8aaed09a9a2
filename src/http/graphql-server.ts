/** The GraphQL endpoint: GraphQL over HTTP, multipart uploads and GraphiQL, with GraphQL Yoga. */
import type { GraphQLSchema } from "graphql";
import { createYoga } from "graphql-yoga";
import type { Profile } from "../config.ts";
import { AppError } from "../errors.ts";
import type { ResolverContext } from "../resolvers/context.ts";
import { rejectForgeable } from "./csrf.ts";
import type { Endpoint } from "./endpoint.ts";
import { type MaskError, malformedRequests, traceErrors } from "./errors.ts";
import { limitPlugins } from "./graphql-limits.ts";
import { readBody } from "./read-body.ts";
import type { Upload } from "./uploads.ts";

export const GRAPHQL_PATH = "/graphql";

/** The media types that Yoga parses. */
const MEDIA_TYPES =
  /^\s*(?:application\/(?:json|graphql|graphql\+json|x-www-form-urlencoded)|multipart\/form-data)\s*(?:;|$)/i;

const GRAPHIQL_QUERY = `# Add a file or Base64 text as the variable "image" to classify a photo.
query Labels {
  labels(search: "cat", first: 5) {
    nodes { id label(locale: EN) zh: label(locale: ZH) }
    totalCount
  }
}
`;

export type GraphqlServerOptions = {
  readonly maxBodyBytes: number;
  readonly profile: Profile;
  readonly maskError: MaskError;
};

/** Handles requests to {@link GRAPHQL_PATH}; rejects with an AppError if the request is not a query. */
export function createGraphqlServer(
  schema: GraphQLSchema,
  { maxBodyBytes, profile, maskError }: GraphqlServerOptions,
): Endpoint {
  const open = profile === "open";
  const yoga = createYoga<ResolverContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    // src/app.ts sets the headers of all paths.
    cors: false,
    graphiql: open && { title: "resnet-edge", defaultQuery: GRAPHIQL_QUERY },
    maskedErrors: { maskError },
    // Yoga would log every error of a caller with its stack. `maskError` logs internal errors.
    logging: false,
    plugins: [malformedRequests, ...limitPlugins(profile), traceErrors],
  });
  return async (request, context, upload) => {
    if (!open) rejectForgeable(request);
    if (request.method === "POST") requireMediaType(request);
    const bounded =
      request.method === "POST" ? await withBody(request, maxBodyBytes, upload) : request;
    return yoga.fetch(bounded, context);
  };
}

async function withBody(request: Request, maxBodyBytes: number, upload: Upload): Promise<Request> {
  const body = await readBody(request, maxBodyBytes, upload);
  return new Request(request.url, { method: "POST", headers: request.headers, body });
}

/** For other types, Yoga's response would be an empty 415. */
function requireMediaType(request: Request): void {
  const given = request.headers.get("content-type") ?? "none";
  if (MEDIA_TYPES.test(given)) return;
  throw new AppError(
    "UNSUPPORTED_MEDIA_TYPE",
    `The request's Content-Type is ${given}, which is not supported. Use application/json, or multipart/form-data to send a file.`,
  );
}
