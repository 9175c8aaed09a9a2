/** Cross-origin resource sharing (Fetch standard): which pages may read responses. */

const METHODS = "GET, POST, OPTIONS";
const EXPOSED = "Retry-After, X-Request-Id";
/** The longest time that Chromium caches a preflight response: 2 hours. */
const MAX_AGE_SECONDS = 7200;

/**
 * Makes the headers that let a page read a response; none if its origin is not allowed.
 *
 * @param origins - the allowed origins; undefined allows every origin
 */
export function corsHeaders(
  request: Request,
  origins: readonly string[] | undefined,
): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === null) return {};
  if (origins === undefined) {
    return { "access-control-allow-origin": "*", "access-control-expose-headers": EXPOSED };
  }
  if (!origins.includes(origin)) return { vary: "Origin" };
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": EXPOSED,
    vary: "Origin",
  };
}

export function preflightResponse(
  request: Request,
  origins: readonly string[] | undefined,
): Response {
  const headers = new Headers(corsHeaders(request, origins));
  if (headers.has("access-control-allow-origin")) {
    headers.set("access-control-allow-methods", METHODS);
    headers.set(
      "access-control-allow-headers",
      request.headers.get("access-control-request-headers") ?? "content-type",
    );
    headers.set("access-control-max-age", String(MAX_AGE_SECONDS));
  }
  return new Response(null, { status: 204, headers });
}
