import type { ErrorCode } from "../errors.ts";

/** How a failure travels over HTTP. */
export type HttpError = { readonly status: number; readonly headers?: Record<string, string> };

/** Seconds after which a caller may try again what was unavailable. */
const RETRY_AFTER_SECONDS = 5;

const HTTP_ERRORS: Readonly<Record<ErrorCode, HttpError>> = {
  BAD_USER_INPUT: { status: 400 },
  IMAGE_EMPTY: { status: 400 },
  IMAGE_CORRUPT: { status: 422 },
  IMAGE_UNSUPPORTED: { status: 415 },
  IMAGE_TOO_LARGE: { status: 413 },
  REQUEST_TOO_LARGE: { status: 413 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  MODEL_NOT_FOUND: { status: 404 },
  MODEL_UNAVAILABLE: { status: 503, headers: { "retry-after": String(RETRY_AFTER_SECONDS) } },
  CONFIG_INVALID: { status: 503 },
};

/** The HTTP status and headers of an error code. */
export function httpErrorOf(code: ErrorCode): HttpError {
  return HTTP_ERRORS[code];
}
