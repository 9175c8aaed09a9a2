/** Protection against cross-site request forgery. */
import { AppError } from "../errors.ts";

/** A page of another site cannot set these headers without a preflight request, which CORS controls. */
const PREFLIGHT_HEADERS = [
  "graphql-require-preflight",
  "apollo-require-preflight",
  "authorization",
];

/** The only types that a form can send across origins without a preflight request. */
const SIMPLE_TYPES =
  /^\s*(?:multipart\/form-data|application\/x-www-form-urlencoded|text\/plain)\s*(?:;|$)/i;

/**
 * Rejects a GraphQL request that a page of another site could send without a preflight request.
 *
 * @throws AppError REQUEST_FORBIDDEN
 */
export function rejectForgeable(request: Request): void {
  if (PREFLIGHT_HEADERS.some((name) => request.headers.has(name))) return;
  const type = request.headers.get("content-type");
  if (request.method === "POST" && type !== null && !SIMPLE_TYPES.test(type)) return;
  throw new AppError(
    "REQUEST_FORBIDDEN",
    'The request was rejected, because a page of another site could have sent it. Send queries as POST with Content-Type application/json, or add the header "graphql-require-preflight: 1".',
  );
}
