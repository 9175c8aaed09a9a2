import { serverAudits } from "graphql-http";
import { expect, it } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { callWorker } from "./support/call-worker.ts";

const worker = callWorker(useLocalWorker());

const audits = serverAudits({
  url: "http://resnet-edge.test/graphql",
  fetchFn: (url: string, init: RequestInit) => {
    const { pathname, search } = new URL(url);
    return worker.fetch(pathname + search, init);
  },
});

it("graphql-http has 61 audits of GraphQL over HTTP", () => {
  expect(audits).toHaveLength(61);
});

it.each(audits.map((audit) => [audit.id, audit.name, audit] as const))(
  "passes audit %s of GraphQL over HTTP: %s",
  async (_id, _name, audit) => {
    const result = await audit.fn();
    expect(result.status, "reason" in result ? result.reason : undefined).toBe("ok");
  },
);
