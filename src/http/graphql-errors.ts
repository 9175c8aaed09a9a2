/** Errors in responses of GraphQL Yoga. */
import { GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";
import type { Profile } from "../config.ts";
import type { ResolverContext } from "../resolvers/context.ts";
import { position } from "./errors.ts";
import { explainMessage } from "./graphql-messages.ts";

/**
 * Explains the errors of validation, which Yoga does not mask, and adds the codes of all errors to the trace of
 * the request. A response with data gets the status 200, as GraphQL over HTTP demands, because clients
 * discard the data of a response with another status.
 */
export function finishErrors(profile: Profile): Plugin<object, ResolverContext> {
  const hideSuggestions = profile === "hardened";
  return {
    onValidate:
      () =>
      ({ valid, result, setResult }) => {
        if (valid) return;
        const errors = result as readonly GraphQLError[];
        setResult(errors.map((error) => explainInvalid(error, hideSuggestions)));
      },
    onResultProcess({ result, setResult, serverContext }) {
      if (Array.isArray(result) || !("errors" in result)) return;
      const { errors = [], data } = result;
      for (const { extensions } of errors) {
        serverContext.trace.codes.push(String(extensions?.code ?? "INTERNAL_SERVER_ERROR"));
      }
      if (data) setResult({ ...result, errors: errors.map(withoutStatus) });
    },
  };
}

function explainInvalid(error: GraphQLError, hideSuggestions: boolean): GraphQLError {
  // The errors of this project's scalars already say what to do.
  if (error.originalError) return error;
  return new GraphQLError(explainMessage(error.message, hideSuggestions), position(error));
}

function withoutStatus(error: GraphQLError): GraphQLError {
  const { http: _, ...extensions } = error.extensions;
  return new GraphQLError(error.message, { ...position(error), extensions });
}
