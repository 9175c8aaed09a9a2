import type { Outgoing } from "../../send-request.ts";

/** A GraphQL request as JSON, which both profiles accept. */
export function graphqlRequest(query: string, variables: object = {}): Outgoing {
  return postJson(JSON.stringify({ query, variables }));
}

/** @param text - JSON, or something like it */
export function postJson(text: string | Buffer): Outgoing {
  const headers = { "content-type": "application/json" };
  return { method: "POST", path: "/graphql", headers, body: Buffer.from(text) };
}

/** A GraphQL request by GET. */
export function getQuery(query: string): Outgoing {
  return {
    method: "GET",
    path: `/graphql?${new URLSearchParams({ query })}`,
    headers: { "graphql-require-preflight": "1", accept: "application/json" },
  };
}

/** `count` copies of a field under different names. */
export function aliasFields(count: number, field: string): string {
  return Array.from({ length: count }, (_, i) => `f${i}: ${field}`).join(" ");
}
