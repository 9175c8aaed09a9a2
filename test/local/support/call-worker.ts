import { readFile } from "node:fs/promises";
import { uploadQuery } from "../../../tools/upload-query.ts";
import type { TestWorker } from "../../support/use-local-worker.ts";

export type GraphqlResponse = {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on the query of each test
  readonly data: any;
  readonly errors: readonly {
    readonly message: string;
    readonly extensions: Record<string, unknown> & { code: string };
  }[];
};

/** Sends requests to a built Worker. */
export function callWorker(worker: () => TestWorker) {
  const send = (path: string, init?: RequestInit) => fetch(new URL(path, worker().url), init);
  const graphql = async (init: RequestInit): Promise<GraphqlResponse> => {
    const response = await send("/graphql", { method: "POST", ...init });
    const { data, errors = [] } = (await response.json()) as GraphqlResponse;
    return { status: response.status, headers: response.headers, data, errors };
  };
  return {
    fetch: send,
    graphql,
    query: (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
      graphql({
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query, variables }),
      }),
    upload: (query: string, bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      graphql({ headers, body: uploadQuery(query, {}, "image", new File([bytes], "photo")) }),
  };
}

/** Reads a file of the repository. */
export async function readRepoFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../../../${path}`, import.meta.url)));
}
