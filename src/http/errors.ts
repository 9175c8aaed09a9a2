/** Maps error codes to HTTP statuses, and any error to one that is safe to show. */
import { GraphQLError, type GraphQLErrorOptions } from "graphql";
import type { Plugin } from "graphql-yoga";
import { AppError, type ErrorCode } from "../errors.ts";
import { describeError, type Log } from "../log.ts";
import type { ResolverContext } from "../resolvers/context.ts";

export type HttpError = { readonly status: number; readonly headers?: Record<string, string> };

const retryAfter = (seconds: number) => ({ "retry-after": String(seconds) });
const UNAVAILABLE: HttpError = { status: 503, headers: retryAfter(5) };

/** The HTTP status and headers of each error code. */
export const HTTP_ERRORS: Readonly<Record<ErrorCode, HttpError>> = {
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
  // The period of the rate limiters in wrangler.toml.
  RATE_LIMITED: { status: 429, headers: retryAfter(60) },
  // A full queue is processed within a few seconds.
  OVERLOADED: { status: 503, headers: retryAfter(2) },
  METHOD_NOT_ALLOWED: { status: 405, headers: { allow: "POST" } },
  UNSUPPORTED_MEDIA_TYPE: { status: 415 },
  MODEL_NOT_FOUND: { status: 404 },
  MODEL_UNAVAILABLE: UNAVAILABLE,
  MODEL_BUDGET: UNAVAILABLE,
  CONFIG_INVALID: { status: 503 },
};

/** Callers cannot fix these, so they are logged for the operator. */
const OPERATOR_CODES: ReadonlySet<ErrorCode> = new Set(["MODEL_UNAVAILABLE", "CONFIG_INVALID"]);

/** Turns any error into one that is safe to show. */
export type MaskError = (error: unknown) => GraphQLError;

/**
 * Makes Yoga's `maskError`. An {@link AppError} keeps its message, code and details, errors of GraphQL
 * itself get a code, and anything else is logged and masked.
 */
export function createErrorMask(log: Log): MaskError {
  return (error) => {
    const original = findOriginal(error);
    if (original instanceof AppError) {
      const { code, message, details } = original;
      if (OPERATOR_CODES.has(code)) log("warn", "request-failed", describeError(original));
      return new GraphQLError(message, {
        ...position(error),
        extensions: { code, ...details, http: HTTP_ERRORS[code] },
      });
    }
    if (original instanceof GraphQLError) return withCode(original);
    log("error", "internal-error", describe(original));
    return new GraphQLError("An internal error occurred and was logged. Try again.", {
      ...position(error),
      extensions: { code: "INTERNAL_SERVER_ERROR", http: { status: 500 } },
    });
  };
}

/** An error in a variable is wrapped once by its scalar and once more by the input type around it. */
function findOriginal(error: unknown): unknown {
  let original = error;
  while (original instanceof GraphQLError && original.originalError) {
    original = original.originalError;
  }
  return original;
}

/** GraphQL's errors about values, such as a variable of the wrong type, have no code. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined) return error;
  return new GraphQLError(error.message, {
    ...position(error),
    extensions: { code: "BAD_USER_INPUT", http: { status: 400 }, ...error.extensions },
  });
}

function position(error: unknown): GraphQLErrorOptions {
  if (!(error instanceof GraphQLError)) return {};
  return { nodes: error.nodes ?? null, path: error.path ?? null };
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

/** Adds the error codes of a GraphQL response to the trace of the request. */
export const traceErrors: Plugin<object, ResolverContext> = {
  onResultProcess({ result, serverContext }) {
    for (const one of [result].flat()) {
      if (!("errors" in one)) continue;
      for (const { extensions } of one.errors ?? []) {
        serverContext.trace.codes.push(String(extensions?.code ?? "INTERNAL_SERVER_ERROR"));
      }
    }
  },
};

/**
 * For some malformed requests, such as a multipart map that contains numbers, Yoga's parsers throw errors
 * that would be reported as internal errors.
 */
export const malformedRequests: Plugin = {
  onRequestParse({ requestParser, setRequestParser }) {
    if (!requestParser) return;
    setRequestParser(async (request) => {
      try {
        return await requestParser(request);
      } catch (error) {
        if (error instanceof GraphQLError) throw error;
        throw new GraphQLError(
          "The request cannot be read: its body does not match its Content-Type, or is incomplete. Follow the specification of GraphQL over HTTP or of GraphQL multipart requests.",
          { extensions: { code: "BAD_REQUEST", http: { status: 400 } } },
        );
      }
    });
  },
};
