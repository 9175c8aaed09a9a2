/** Turns whatever a request failed with into a GraphQL error that is safe to show. */
import { GraphQLError, type GraphQLErrorOptions } from "graphql";
import { AppError } from "../errors.ts";
import { httpErrorOf } from "./error-status.ts";

/**
 * Yoga's `maskError`: an {@link AppError} keeps its message, code and details; GraphQL's own errors
 * get a code; anything else is logged and masked.
 */
export function toGraphQLError(error: unknown): GraphQLError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof AppError) return fromAppError(original, error);
  if (original instanceof GraphQLError) return withCode(original);
  console.error(
    JSON.stringify({ level: "error", message: "unexpected error", ...facts(original) }),
  );
  return new GraphQLError("Something went wrong on our side; it has been logged. Try again.", {
    ...position(error),
    extensions: { code: "INTERNAL_SERVER_ERROR", http: { status: 500 } },
  });
}

function fromAppError(error: AppError, located: unknown): GraphQLError {
  if (error.code === "MODEL_UNAVAILABLE" || error.code === "CONFIG_INVALID") {
    // The caller cannot mend these: the operator reads the log.
    console.warn(JSON.stringify({ level: "warn", code: error.code, message: error.message }));
  }
  return new GraphQLError(error.message, {
    ...position(located),
    extensions: { code: error.code, ...error.details, http: httpErrorOf(error.code) },
  });
}

/** GraphQL's own complaint about a value (a variable of the wrong type, say) comes without a code. */
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

function facts(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  const cause = error.cause === undefined ? {} : { cause: String(error.cause) };
  return { error: error.message, stack: error.stack, ...cause };
}
