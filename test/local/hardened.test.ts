/** The 12 checks of graphql-cop, and the other guarantees of the hardened profile. */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { callWorker, readRepoFile } from "./support/call-worker.ts";

const worker = useLocalWorker({ settings: { PROFILE: "hardened" } });
const app = callWorker(worker);
const ROOT = new URL("../../", import.meta.url).pathname;

const JSON_HEADERS = { "content-type": "application/json" };

describe("the hardened profile against the checks of graphql-cop", () => {
  it("rejects 101 aliases", async () => {
    const aliases = Array.from({ length: 101 }, (_, i) => `alias${i}: __typename`).join(" ");
    const { data, errors } = await app.query(`query cop { ${aliases} }`);
    expect(data).toBeFalsy();
    expect(errors).not.toEqual([]);
  });

  it("rejects array-based query batching", async () => {
    const batch = Array.from({ length: 10 }, () => ({ query: "query cop { __typename }" }));
    const response = await app.fetch("/graphql", {
      method: "POST",
      headers: JSON_HEADERS,
      body: JSON.stringify(batch),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('"data"');
  });

  it("rejects too many directives", async () => {
    const { errors } = await app.query(`query cop { __typename ${"@aa".repeat(10)} }`);
    // Without the limit, each unknown directive would get its own error.
    expect(errors.length).toBeLessThan(10);
    const many = await app.query(`query cop { __typename ${"@skip(if: false)".repeat(6)} }`);
    expect(many.data).toBeFalsy();
  });

  it("rejects 500 duplicates of a field", async () => {
    const { data, errors } = await app.query(`query cop { ${"__typename \n".repeat(500)} }`);
    expect(data).toBeFalsy();
    expect(errors).not.toEqual([]);
  });

  it("rejects a circular introspection query", async () => {
    const { data, errors } = await app.query(
      "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }",
    );
    expect(data).toBeFalsy();
    expect(errors).not.toEqual([]);
  });

  it("rejects introspection", async () => {
    const { data } = await app.query("query cop { __schema { types { name fields { name } } } }");
    expect(data).toBeFalsy();
  });

  it("does not suggest field names", async () => {
    for (const field of ["clasify", "modls", "label"]) {
      const { errors } = await app.query(`query cop { ${field} }`);
      expect(JSON.stringify(errors)).not.toMatch(/did you mean "|classify|models|labels/i);
    }
  });

  it.each(["/graphql", "/graphiql", "/playground", "/console"])(
    "does not serve an IDE at %s",
    async (path) => {
      const response = await app.fetch(path, { headers: { accept: "text/html" } });
      expect(await response.text()).not.toMatch(/graphiql|playground/i);
    },
  );

  it("rejects queries sent with GET", async () => {
    const response = await app.fetch("/graphql?query=query+cop{__typename}");
    expect(response.status).toBe(403);
    expect(await response.text()).not.toContain('"data":{');
  });

  it("rejects mutations sent with GET", async () => {
    const response = await app.fetch("/graphql?query=mutation+cop{__typename}");
    expect(response.status).toBe(403);
  });

  it("rejects queries sent as a URL-encoded form", async () => {
    const response = await app.fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "query=query+cop+{__typename}",
    });
    expect(response.status).toBe(403);
  });

  it("does not return traces", async () => {
    const response = await app.fetch("/graphql", {
      method: "POST",
      headers: {
        ...JSON_HEADERS,
        "x-apollo-tracing": "1",
        "apollo-federation-include-trace": "ftv1",
      },
      body: JSON.stringify({ query: "query cop { __typename }" }),
    });
    expect(await response.json()).toEqual({ data: { __typename: "Query" } });
  });

  it("does not reveal stacks in errors", async () => {
    const { errors } = await app.query("qwerty cop { abc }");
    expect(JSON.stringify(errors)).not.toMatch(/stack|exception|at \w+ \(|node_modules/i);
    expect(errors[0]?.extensions.code).toBe("GRAPHQL_PARSE_FAILED");
  });
});

describe("the hardened profile", () => {
  const UPLOAD =
    "query ($image: File!) { classify(image: { upload: $image }) { answer { synset } } }";

  it("rejects an upload that a page of another site could send", async () => {
    const { status, errors } = await app.upload(
      UPLOAD,
      await readRepoFile("examples/espresso.jpg"),
    );
    expect(status).toBe(403);
    expect(errors[0]?.extensions.code).toBe("REQUEST_FORBIDDEN");
  });

  it.each(["graphql-require-preflight", "apollo-require-preflight"])(
    "accepts an upload with the header %s",
    async (name) => {
      const { data } = await app.upload(UPLOAD, await readRepoFile("examples/espresso.jpg"), {
        [name]: "1",
      });
      expect(data.classify.answer.synset).toBe("n07920052");
    },
  );

  it.each([
    ["bash", "examples/curl.sh", /"label":"espresso"/],
    [process.execPath, "examples/fetch.ts", /^espresso\n/],
    [process.execPath, "examples/graphql-request.ts", /^浓缩咖啡\n/],
  ])("accepts the requests of %s %s", async (command, client, answer) => {
    const args = [client, "examples/espresso.jpg", new URL("/graphql", worker().url).href];
    const { stdout } = await promisify(execFile)(command, args, { cwd: ROOT });
    expect(stdout).toMatch(answer);
  });

  it("does not serve /metrics", async () => {
    expect((await app.fetch("/metrics")).status).toBe(404);
  });

  it("accepts a query for every field of the schema", async () => {
    const photo = await readRepoFile("examples/espresso.jpg");
    const headers = { "graphql-require-preflight": "1" };
    const { data, errors } = await app.upload(EVERYTHING, photo, headers);
    expect(errors).toEqual([]);
    expect(data.classify.predictions[0].heatmap).toMatch(/^data:image\/png;base64,/);
  });
});

const EVERYTHING = /* GraphQL */ `
  query Everything($image: File!) {
    classify(image: { upload: $image }, topK: 1, threshold: 0.1, locale: EN, models: ["default", "resnet18"]) {
      predictions {
        rank classIndex synset label zh: label(locale: ZH) aliases confidence
        ancestors { synset label aliases } heatmap(size: 64, style: MASK)
      }
      answer { kind synset label zh: label(locale: ZH) confidence }
      model { id version aliases architecture classes inputSize bytes sha256 licence source recommendedThreshold metrics { dataset name value } }
      votes { model { id version } prediction { rank label synset confidence } }
      embedding receipt cached
      image { format width height frames orientation bytes sha256 decodable problem estimatedDecodeBytes }
      timing { waitMs decodeMs preprocessMs inferenceMs totalMs }
    }
    labels(search: "cup", first: 2) { totalCount nodes { synset label aliases classIndex } pageInfo { hasNextPage endCursor } }
    models { id version }
  }
`;
