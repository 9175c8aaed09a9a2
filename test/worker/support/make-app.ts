import { env } from "cloudflare:workers";
import { createApp } from "../../../src/app.ts";
import type { Env, Settings } from "../../../src/config.ts";
import type { EngineStarters } from "../../../src/inference/engines/engine.ts";
import { workerPlatform } from "../../../src/worker-platform.ts";
import { uploadQuery } from "../../../tools/upload-query.ts";
import type { GraphqlResponse } from "./graphql.ts";

/** An application with its own settings, in the isolate of the test. */
export type TestApp = {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  query(document: string, variables?: object, headers?: HeadersInit): Promise<GraphqlResponse>;
  upload(
    document: string,
    bytes: Uint8Array<ArrayBuffer>,
    options?: { readonly variables?: Record<string, unknown>; readonly headers?: HeadersInit },
  ): Promise<GraphqlResponse>;
  /** The parsed log lines. */
  readonly log: readonly Record<string, unknown>[];
};

/** @param engines - starters in the place of the Worker's */
export function makeApp(
  settings: Settings = {},
  bindings: Partial<Env> = {},
  engines: Partial<EngineStarters> = {},
): TestApp {
  const log: Record<string, unknown>[] = [];
  const platform = {
    ...workerPlatform,
    engines: { ...workerPlatform.engines, ...engines },
    log: (line: string) => void log.push(JSON.parse(line)),
  };
  const app = createApp({ ...env, ...settings, ...bindings } as Env, platform);
  const fetch = (path: string, init?: RequestInit) =>
    app(new Request(new URL(path, "http://resnet-edge.test"), init));
  const send = async (init: RequestInit) => {
    const response = await fetch("/graphql", { method: "POST", ...init });
    const { data, errors = [] } = await response.json<GraphqlResponse>();
    return { status: response.status, headers: response.headers, data, errors };
  };
  return {
    fetch,
    log,
    query: (document, variables = {}, headers = {}) =>
      send({
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ query: document, variables }),
      }),
    upload: (document, bytes, { variables = {}, headers = {} } = {}) =>
      send({
        headers,
        body: uploadQuery(document, variables, "image", new File([bytes], "photo")),
      }),
  };
}
