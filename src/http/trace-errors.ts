import type { Plugin } from "graphql-yoga";
import type { ResolverContext } from "../resolvers/context.ts";

/** Notes the codes of a GraphQL response in the request's trace. */
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
