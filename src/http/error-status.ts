import type { ErrorCode } from "../errors.ts";

/** How a failure travels over HTTP. */
export type HttpError = { readonly status: number; readonly headers?: Record<string, string> };

/** Seconds after which a caller may try again what was unavailable. */
const RETRY_AFTER_SECONDS = 5;

/** The period of the rate limiters in wrangler.toml. */
const RATE_PERIOD_SECONDS = 60;
/** A full line of images is served in a few seconds. */
const OVERLOAD_RETRY_SECONDS = 2;

const HTTP_ERRORS: Readonly<Record<ErrorCode, HttpError>> = {
  BAD_USER_INPUT: { status: 400 },
  IMAGE_EMPTY: { status: 400 },
  IMAGE_CORRUPT: { status: 422 },
  IMAGE_UNSUPPORTED: { status: 415 },
  IMAGE_TOO_LARGE: { status: 413 },
  IMAGE_NOT_FOUND: { status: 404 },
  IMAGE_UNREACHABLE: { status: 422 },
  IMAGE_URL_FORBIDDEN: { status: 403 },
  IMAGE_SOURCE_DISABLED: { status: 501 },
  REQUEST_TOO_LARGE: { status: 413 },
  REQUEST_TOO_COSTLY: { status: 400 },
  REQUEST_TIMEOUT: { status: 408 },
  REQUEST_FORBIDDEN: { status: 403 },
  UNAUTHENTICATED: { status: 401, headers: { "www-authenticate": "Bearer" } },
  RATE_LIMITED: { status: 429, headers: { "retry-after": String(RATE_PERIOD_SECONDS) } },
  OVERLOADED: { status: 503, headers: { "retry-after": String(OVERLOAD_RETRY_SECONDS) } },
  METHOD_NOT_ALLOWED: { status: 405, headers: { allow: "POST" } },
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  MODEL_NOT_FOUND: { status: 404 },
  MODEL_UNAVAILABLE: { status: 503, headers: { "retry-after": String(RETRY_AFTER_SECONDS) } },
  MODEL_BUDGET: { status: 503, headers: { "retry-after": String(RETRY_AFTER_SECONDS) } },
  CONFIG_INVALID: { status: 503 },
};

/** The HTTP status and headers of an error code. */
export function httpErrorOf(code: ErrorCode): HttpError {
  return HTTP_ERRORS[code];
}
