/** The GraphQL endpoint: GraphQL over HTTP, multipart uploads and GraphiQL, with GraphQL Yoga. */
import type { GraphQLSchema } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import type { MemoryHold } from "../concurrency/memory-ledger.ts";
import type { Profile } from "../config.ts";
import type { ResolverContext } from "../resolvers/context.ts";
import { requireAcceptable, requireUnencoded } from "./content-negotiation.ts";
import { rejectForgeable } from "./csrf.ts";
import { DocumentCache } from "./document-cache.ts";
import type { Endpoint } from "./endpoint.ts";
import type { MaskError } from "./errors.ts";
import { finishErrors } from "./graphql-errors.ts";
import { limitPlugins } from "./graphql-limits.ts";
import { readGraphqlParams, requireMediaType } from "./graphql-params.ts";
import { readBody } from "./read-body.ts";
import { methodNotAllowed } from "./refusal.ts";

export const GRAPHQL_PATH = "/graphql";

const GRAPHIQL_QUERY = `# Add a file or Base64 text as the variable "image" to classify a photo.
query Labels {
  labels(search: "cat", first: 5) {
    nodes { id label(locale: EN) zh: label(locale: ZH) }
    totalCount
  }
}
`;

const NO_CACHE = { get: () => undefined, set: () => {} };

/** While a JSON body is read, its text and the strings from the text are in memory beside it. */
const READING_FACTOR = 2;

export type GraphqlServerOptions = {
  readonly maxBodyBytes: number;
  readonly profile: Profile;
  readonly maskError: MaskError;
};

/** What Yoga gets beside the resolvers' context. */
type ServerContext = ResolverContext & { readonly unread: UnreadBody };

/** The body of a POST request. It is forgotten when it is read, because it may hold many images. */
type UnreadBody = {
  bytes: Uint8Array<ArrayBuffer> | undefined;
  /** Memory for reading it: its text, and the strings that are read from the text. */
  hold?: MemoryHold;
};

/** Handles requests to {@link GRAPHQL_PATH}; rejects with an AppError if the request is not a query. */
export function createGraphqlServer(
  schema: GraphQLSchema,
  { maxBodyBytes, profile, maskError }: GraphqlServerOptions,
): Endpoint {
  const open = profile === "open";
  const yoga = createYoga<ServerContext>({
    schema,
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    // src/app.ts sets the headers of all paths.
    cors: false,
    graphiql: open && { title: "resnet-edge", defaultQuery: GRAPHIQL_QUERY },
    maskedErrors: { maskError },
    // Yoga would log every error of a caller with its stack. `maskError` logs internal errors.
    logging: false,
    // Yoga's own caches keep up to 1000 documents and errors of callers, of any size.
    parserAndValidationCache: { documentCache: new DocumentCache(), errorCache: NO_CACHE },
    // src/http/read-body.ts limits the size.
    maxRequestBodySize: false,
    plugins: [requestReader, ...limitPlugins(profile), finishErrors(profile)],
  });
  return async (request, context, upload) => {
    const { method, headers, url } = request;
    if (method !== "GET" && method !== "POST") {
      throw methodNotAllowed(
        request,
        GRAPHQL_PATH,
        ["GET", "POST"],
        "Send the query as POST with Content-Type application/json.",
      );
    }
    if (!open) rejectForgeable(request);
    requireAcceptable(request, GRAPHQL_PATH);
    const unread: UnreadBody = { bytes: undefined };
    if (method === "POST") {
      requireMediaType(headers);
      requireUnencoded(headers);
      unread.bytes = await readBody(request, maxBodyBytes, upload);
      unread.hold = context.memory.reserve(READING_FACTOR * unread.bytes.byteLength, "work");
    }
    // Yoga gets no body: that of a GET request means nothing, and `requestReader` reads that of a POST request.
    return yoga.fetch(new Request(url, { method, headers }), { ...context, unread });
  };
}

/** Reads requests in place of Yoga, whose readers do not limit what a body may contain. */
const requestReader: Plugin<object, ServerContext> = {
  onRequestParse({ setRequestParser, serverContext }) {
    setRequestParser(async (request) => {
      const { unread } = serverContext;
      const { bytes } = unread;
      unread.bytes = undefined;
      try {
        return await readGraphqlParams(request, bytes);
      } finally {
        unread.hold?.release();
      }
    });
  },
};
