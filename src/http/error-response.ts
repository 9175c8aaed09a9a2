import type { GraphQLError } from "graphql";

/** A failed request in the shape of GraphQL's errors, whatever path it asked for. */
export function errorResponse(error: GraphQLError): Response {
  const { http, ...extensions } = error.extensions;
  const { status = 500, headers = {} } = (http ?? {}) as ResponseInit;
  const errors = [{ ...error.toJSON(), extensions }];
  return Response.json({ errors }, { status, headers });
}
