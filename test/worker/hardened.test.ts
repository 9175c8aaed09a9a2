/** The checks of graphql-cop (12 of them), and what else the hardened profile promises. */
import { beforeAll, describe, expect, it } from "vitest";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

let app: TestApp;

beforeAll(async () => {
  await seedBucket();
  app = makeApp({ PROFILE: "hardened" });
});

const JSON_HEADERS = { "content-type": "application/json" };

describe("graphql-cop finds nothing:", () => {
  it("alias overloading", async () => {
    const aliases = Array.from({ length: 101 }, (_, i) => `alias${i}: __typename`).join(" ");
    const { data, errors } = await app.query(`query cop { ${aliases} }`);
    expect(data).toBeFalsy();
    expect(errors).not.toEqual([]);
  });

  it("array-based query batching", async () => {
    const batch = Array.from({ length: 10 }, () => ({ query: "query cop { __typename }" }));
    const response = await app.fetch("/graphql", {
      method: "POST",
      headers: JSON_HEADERS,
      body: JSON.stringify(batch),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain('"data"');
  });

  it("directive overloading", async () => {
    const { errors } = await app.query(`query cop { __typename ${"@aa".repeat(10)} }`);
    // Each unknown directive would get an error of its own.
    expect(errors.length).toBeLessThan(10);
    const many = await app.query(`query cop { __typename ${"@skip(if: false)".repeat(6)} }`);
    expect(many.data).toBeFalsy();
  });

  it("field duplication", async () => {
    const { data, errors } = await app.query(`query cop { ${"__typename \n".repeat(500)} }`);
    expect(data).toBeFalsy();
    expect(errors[0]?.message).toMatch(/token/i);
  });

  it("circular query by introspection", async () => {
    const { data, errors } = await app.query(
      "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }",
    );
    expect(data).toBeFalsy();
    expect(errors).not.toEqual([]);
  });

  it("introspection", async () => {
    const { data } = await app.query("query cop { __schema { types { name fields { name } } } }");
    expect(data).toBeFalsy();
  });

  it("field suggestions", async () => {
    for (const field of ["clasify", "modls", "label"]) {
      const { errors } = await app.query(`query cop { ${field} }`);
      expect(JSON.stringify(errors)).not.toMatch(/did you mean "|classify|models|labels/i);
    }
  });

  it.each(["/graphql", "/graphiql", "/playground", "/console"])("an IDE at %s", async (path) => {
    const response = await app.fetch(path, { headers: { accept: "text/html" } });
    expect(await response.text()).not.toMatch(/graphiql|playground/i);
  });

  it("queries by GET", async () => {
    const response = await app.fetch("/graphql?query=query+cop{__typename}");
    expect(response.status).toBe(403);
    expect(await response.text()).not.toContain('"data":{');
  });

  it("mutations by GET", async () => {
    const response = await app.fetch("/graphql?query=mutation+cop{__typename}");
    expect(response.status).toBe(403);
  });

  it("queries in a form", async () => {
    const response = await app.fetch("/graphql", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "query=query+cop+{__typename}",
    });
    expect(response.status).toBe(403);
  });

  it("a trace mode", async () => {
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

  it("unhandled errors", async () => {
    const { errors } = await app.query("qwerty cop { abc }");
    expect(JSON.stringify(errors)).not.toMatch(/stack|exception|at \w+ \(|node_modules/i);
    expect(errors[0]?.extensions.code).toBe("GRAPHQL_PARSE_FAILED");
  });
});

describe("the hardened profile", () => {
  const UPLOAD =
    "query ($image: File!) { classify(image: { upload: $image }) { answer { synset } } }";

  it("refuses an upload that a foreign page could send", async () => {
    const { status, errors } = await app.upload(
      UPLOAD,
      await readRepoFile("examples/espresso.jpg"),
    );
    expect(status).toBe(403);
    expect(errors[0]?.extensions.code).toBe("REQUEST_FORBIDDEN");
  });

  it.each(["graphql-require-preflight", "apollo-require-preflight"])(
    "takes an upload with the header %s",
    async (name) => {
      const { data } = await app.upload(UPLOAD, await readRepoFile("examples/espresso.jpg"), {
        headers: { [name]: "1" },
      });
      expect(data.classify.answer.synset).toBe("n07920052");
    },
  );

  it("is what holds where nothing is set", async () => {
    const { data } = await makeApp({ PROFILE: undefined as never }).query(
      "{ __schema { types { name } } }",
    );
    expect(data).toBeFalsy();
  });

  it("shows no metrics", async () => {
    expect((await app.fetch("/metrics")).status).toBe(404);
  });

  it("lets through everything that the contract offers, asked for at once", async () => {
    const photo = await readRepoFile("examples/espresso.jpg");
    const headers = { "graphql-require-preflight": "1" };
    const { data, errors } = await app.upload(EVERYTHING, photo, { headers });
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
