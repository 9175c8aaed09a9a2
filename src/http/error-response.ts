import { GraphQLError } from "graphql";
import { toGraphQLError } from "./graphql-errors.ts";

/** A failed request in the shape of GraphQL's errors, whatever path it asked for. */
export function errorResponse(error: unknown): Response {
  const shown = toGraphQLError(error);
  const { status = 500, headers = {} } = httpOf(shown);
  if (shown instanceof GraphQLError) delete shown.extensions.http;
  return Response.json({ errors: [shown] }, { status, headers });
}

function httpOf(error: Error): ResponseInit {
  return error instanceof GraphQLError ? ((error.extensions.http ?? {}) as ResponseInit) : {};
}
