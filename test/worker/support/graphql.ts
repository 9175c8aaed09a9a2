import { SELF } from "cloudflare:test";
import { uploadQuery } from "../../../tools/upload-query.ts";

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

/** Sends any request to the Worker. */
export function fetchWorker(path: string, init?: RequestInit): Promise<Response> {
  return SELF.fetch(new Request(new URL(path, "http://resnet-edge.test"), init));
}

/** Sends a query as JSON. */
export function query(
  document: string,
  variables: Record<string, unknown> = {},
): Promise<GraphqlResponse> {
  return send({
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: document, variables }),
  });
}

/** Sends a query with a file as its variable `$image`. */
export function upload(
  document: string,
  bytes: Uint8Array<ArrayBuffer>,
  variables: Record<string, unknown> = {},
): Promise<GraphqlResponse> {
  return send({ body: uploadQuery(document, variables, "image", new File([bytes], "photo")) });
}

/** Sends a POST request to /graphql. */
export async function send(init: RequestInit): Promise<GraphqlResponse> {
  const response = await fetchWorker("/graphql", { method: "POST", ...init });
  const { data, errors = [] } = await response.json<GraphqlResponse>();
  return { status: response.status, headers: response.headers, data, errors };
}
