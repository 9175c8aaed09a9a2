/** Cross-site request forgery: which requests a page may not cause a browser to send unasked. */
import { AppError } from "../errors.ts";

/** A page cannot set these without a preflight, which CORS answers. */
const PREFLIGHT_HEADERS = [
  "graphql-require-preflight",
  "apollo-require-preflight",
  "authorization",
];

/** A form can send these, and no others, across origins without a preflight. */
const SIMPLE_TYPES =
  /^\s*(?:multipart\/form-data|application\/x-www-form-urlencoded|text\/plain)\s*(?:;|$)/i;

/**
 * Refuses a GraphQL request that a foreign page could send without the browser asking first.
 *
 * @throws AppError REQUEST_FORBIDDEN
 */
export function refuseForgeable(request: Request): void {
  if (PREFLIGHT_HEADERS.some((name) => request.headers.has(name))) return;
  const type = request.headers.get("content-type");
  if (request.method === "POST" && type !== null && !SIMPLE_TYPES.test(type)) return;
  throw new AppError(
    "REQUEST_FORBIDDEN",
    'A page of another site could have caused this request. Send a query as POST with Content-Type application/json, or add the header "graphql-require-preflight: 1".',
  );
}
