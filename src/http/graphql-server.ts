/** The GraphQL endpoint: GraphQL over HTTP, multipart uploads and GraphiQL, by GraphQL Yoga. */
import { createSchema, createYoga } from "graphql-yoga";
import type { ClassifyServices } from "../classification/classify-image.ts";
import { AppError } from "../errors.ts";
import type { ResolverContext } from "../resolvers/context.ts";
import { resolvers } from "../resolvers/resolvers.ts";
import { typeDefs } from "../schema/type-defs.ts";
import { httpErrorOf } from "./error-status.ts";
import { fromAppError, toGraphQLError } from "./graphql-errors.ts";
import { readBody } from "./read-body.ts";

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

/** Answers requests to {@link GRAPHQL_PATH}. */
export function createGraphqlServer(
  services: ClassifyServices,
  { maxBodyBytes }: { readonly maxBodyBytes: number },
): (request: Request) => Promise<Response> {
  const yoga = createYoga<ResolverContext>({
    schema: createSchema<ResolverContext>({ typeDefs: [...typeDefs], resolvers }),
    graphqlEndpoint: GRAPHQL_PATH,
    landingPage: false,
    cors: { origin: "*", methods: ["GET", "POST", "OPTIONS"] },
    graphiql: { title: "resnet-edge", defaultQuery: GRAPHIQL_QUERY },
    maskedErrors: { maskError: toGraphQLError },
    // Yoga would log every mistake of a caller with its stack; `toGraphQLError` logs ours.
    logging: false,
  });
  return async (request) => {
    try {
      if (request.method === "POST") requireMediaType(request);
      const bounded = request.method === "POST" ? await withBody(request, maxBodyBytes) : request;
      return await yoga.fetch(bounded, { services });
    } catch (error) {
      if (error instanceof AppError) return errorResponse(error);
      throw error;
    }
  };
}

async function withBody(request: Request, maxBodyBytes: number): Promise<Request> {
  const body = await readBody(request, maxBodyBytes);
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

function errorResponse(error: AppError): Response {
  const { status, headers = {} } = httpErrorOf(error.code);
  return Response.json({ errors: [fromAppError(error)] }, { status, headers });
}
