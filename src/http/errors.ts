/** Maps error codes to HTTP statuses, and any error to one that is safe to show. */
import { GraphQLError, type GraphQLErrorOptions } from "graphql";
import type { Profile } from "../config.ts";
import { AppError, type ErrorCode, type ErrorDetails } from "../errors.ts";
import { describeError, type Log } from "../log.ts";
import { explainMessage } from "./graphql-messages.ts";
import { Refusal } from "./refusal.ts";

export type HttpError = { readonly status: number; readonly headers?: Record<string, string> };

const retryAfter = (seconds: number) => ({ "retry-after": String(seconds) });
const UNAVAILABLE: HttpError = { status: 503, headers: retryAfter(5) };

/** The HTTP status and headers of each error code. */
export const HTTP_ERRORS: Readonly<Record<ErrorCode, HttpError>> = {
  BAD_REQUEST: { status: 400 },
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
  // Only the log shows this status; nginx uses it too.
  REQUEST_ABORTED: { status: 499 },
  UNAUTHENTICATED: { status: 401, headers: { "www-authenticate": "Bearer" } },
  // The period of the rate limiters in wrangler.toml.
  RATE_LIMITED: { status: 429, headers: retryAfter(60) },
  // A full queue is processed within a few seconds.
  OVERLOADED: { status: 503, headers: retryAfter(2) },
  NOT_FOUND: { status: 404 },
  METHOD_NOT_ALLOWED: { status: 405 },
  NOT_ACCEPTABLE: { status: 406 },
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  MODEL_NOT_FOUND: { status: 404 },
  MODEL_UNAVAILABLE: UNAVAILABLE,
  MODEL_BUDGET: UNAVAILABLE,
  CONFIG_INVALID: { status: 503 },
};

/**
 * Callers cannot fix these, so they are logged for the operator. Their messages name keys of the bucket and
 * quote its files, which the public does not need to know.
 */
const OPERATOR_MESSAGES: Partial<Readonly<Record<ErrorCode, string>>> = {
  MODEL_UNAVAILABLE:
    "The model cannot be used at the moment; the log of the service says why. Try again after the number of seconds in Retry-After, or use another model.",
  CONFIG_INVALID:
    "The service has an invalid setting; its log says which one. Its operator must correct it.",
};

const MAX_TEXT_LENGTH = 1000;

/** Turns any error into one that is safe to show. */
export type MaskError = (error: unknown) => GraphQLError;

/**
 * Makes Yoga's `maskError`. An {@link AppError} keeps its message, code and details, errors of GraphQL
 * itself get a code, and anything else is logged and masked. The hardened profile shows neither GraphQL's
 * suggestions nor what only the operator needs.
 */
export function createErrorMask(log: Log, profile: Profile): MaskError {
  const hardened = profile === "hardened";
  return (error) => {
    const original = findOriginal(error);
    if (original instanceof AppError) {
      const { code, details } = original;
      const message = clip(original.message);
      const instead = OPERATOR_MESSAGES[code];
      if (instead) log("warn", "request-failed", describeError(original));
      const shown = hardened && instead ? { message: instead } : { message, details };
      return new GraphQLError(shown.message, {
        ...position(error),
        extensions: { code, ...clipDetails(shown.details), http: httpOf(original) },
      });
    }
    if (isGraphqlError(original)) return explained(original, hardened);
    log("error", "internal-error", describe(original));
    return new GraphQLError("An internal error occurred and was logged. Try again.", {
      ...position(error),
      extensions: { code: "INTERNAL_SERVER_ERROR", http: { status: 500 } },
    });
  };
}

/** Messages and details quote what callers sent, which can have megabytes. */
function clip(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}

function clipDetails(details: ErrorDetails = {}): ErrorDetails {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === "string" ? clip(value) : value,
    ]),
  );
}

function httpOf(error: AppError): HttpError {
  const http = HTTP_ERRORS[error.code];
  return error instanceof Refusal
    ? { ...http, headers: { ...http.headers, ...error.headers } }
    : http;
}

/** By name too: a bundle can hold two copies of graphql, whose classes differ. */
function isGraphqlError(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError || (error instanceof Error && error.name === "GraphQLError");
}

/** An error in a variable is wrapped once by its scalar and once more by the input type around it. */
function findOriginal(error: unknown): unknown {
  let original = error;
  while (isGraphqlError(original) && original.originalError) {
    original = original.originalError;
  }
  return original;
}

/** GraphQL's errors about values, such as a variable of the wrong type, have no code. */
function explained(error: GraphQLError, hardened: boolean): GraphQLError {
  if (error.extensions.code === "PERSISTED_QUERY_NOT_SUPPORTED") return error;
  return new GraphQLError(explainMessage(error.message, hardened), {
    ...position(error),
    extensions: { code: "BAD_USER_INPUT", http: { status: 400 }, ...error.extensions },
  });
}

/** Where an error occurred. */
export function position(error: unknown): GraphQLErrorOptions {
  if (!isGraphqlError(error)) return {};
  const { nodes, source, positions, path } = error;
  return {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
  };
}

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause === undefined ? {} : { cause: String(error.cause) };
  return { error: error.message, stack: error.stack, ...cause };
}

/** The response to a failed request; it has the shape of a GraphQL response on every path. */
export function errorResponse(error: GraphQLError): Response {
  const { http, ...extensions } = error.extensions;
  const { status = 500, headers = {} } = (http ?? {}) as ResponseInit;
  const errors = [{ ...error.toJSON(), extensions }];
  return Response.json({ errors }, { status, headers });
}
