import { GraphQLError } from "graphql";
import type { Plugin } from "graphql-yoga";

/**
 * Yoga's parsers trip over some malformed requests (a map of a multipart request that holds numbers,
 * say) with an error that would look like a fault of ours.
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
          "The request cannot be read: it is not what its Content-Type says, or not whole. Send it as GraphQL over HTTP or the GraphQL multipart request specification describes.",
          { extensions: { code: "BAD_REQUEST", http: { status: 400 } } },
        );
      }
    });
  },
};
