/** Responses with errors beside data, and the price of a response. */
import { ClientError, GraphQLClient } from "graphql-request";
import { beforeAll, describe, expect, it } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { callWorker, readRepoFile } from "./support/call-worker.ts";

const local = useLocalWorker({ settings: { PROFILE: "hardened" } });
const worker = callWorker(local);
const MEDIA_TYPES = ["application/json", "application/graphql-response+json"];

let base64: string;

beforeAll(async () => {
  base64 = Buffer.from(await readRepoFile("examples/espresso.jpg")).toString("base64");
});

const HEATMAP = `query ($b: String!, $size: Int = 10) {
  classify(image: { base64: $b }) { answer { label } predictions { heatmap(size: $size) } }
}`;

describe("a heat map that cannot be drawn", () => {
  it.each(MEDIA_TYPES)("is an error beside the answer, with status 200 as %s", async (accept) => {
    const { status, headers, data, errors } = await worker.query(
      HEATMAP,
      { b: base64 },
      { accept },
    );
    expect(status).toBe(200);
    expect(headers.get("content-type")).toContain(accept);
    expect(headers.has("retry-after")).toBe(false);
    expect(data.classify.answer.label).toBe("espresso");
    expect(data.classify.predictions[0].heatmap).toBeNull();
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "size" });
    expect(errors[0]?.extensions).not.toHaveProperty("http");
  });

  it("leaves the answer to graphql-request", async () => {
    const url = new URL("/graphql", local().url).href;
    const client = new GraphQLClient(url, { errorPolicy: "all" });
    const { data, errors } = await client.rawRequest<{ classify: { answer: { label: string } } }>(
      HEATMAP,
      { b: base64 },
    );
    expect(data.classify.answer.label).toBe("espresso");
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
    // The default policy throws, but the error holds the data.
    const thrown = await new GraphQLClient(url).request(HEATMAP, { b: base64 }).catch((e) => e);
    expect(thrown).toBeInstanceOf(ClientError);
    expect(thrown.response.data.classify.answer.label).toBe("espresso");
  });
});

describe("an error without data", () => {
  it.each(MEDIA_TYPES)("has its status as %s", async (accept) => {
    const { status, data } = await worker.query(
      '{ classify(image: { base64: "AAAA" }) { cached } }',
      {},
      { accept },
    );
    expect(status).toBe(415);
    expect(data).toBeNull();
  });
});

describe("the price of a response", () => {
  const aliases = (count: number, field: string) =>
    Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(" ");
  const PAGE = "nodes { synset label }";

  it.each([
    [`{ labels(first: 1000) { ${PAGE} } }`, {}],
    [`query ($n: Int = 1000) { labels(first: $n) { ${PAGE} } }`, {}],
    [`query ($n: Int) { labels(first: $n) { ${PAGE} } }`, { n: 1000 }],
    [
      "{ labels(first: 1000) { totalCount pageInfo { endCursor hasNextPage } edges { cursor node { id synset classIndex label aliases } } nodes { id synset classIndex label zh: label(locale: ZH) aliases } } }",
      {},
    ],
    ["{ models { id version aliases classes metrics { name value } shares { alias share } } }", {}],
    [`{ ${aliases(6, `labels(first: 1000) { ${PAGE} }`)} }`, {}],
  ])("allows %s", async (query, variables) => {
    const { status, errors } = await worker.query(query, variables);
    expect(errors).toEqual([]);
    expect(status).toBe(200);
  });

  it("allows all predictions of a photo with their kinds, and the top 20 of 16 photos", async () => {
    const all = await worker.query(
      "query ($b: String!) { classify(image: { base64: $b }, topK: 1000) { predictions { rank id label aliases confidence ancestors { id label } } } }",
      { b: base64 },
    );
    expect(all.errors).toEqual([]);
    expect(all.data.classify.predictions).toHaveLength(1000);
    const many = await worker.query(
      "query ($i: [ImageInput!]!) { classifyMany(images: $i, topK: 20) { ... on Classification { predictions { id label confidence ancestors { id label } } } } }",
      { i: Array(16).fill({ base64 }) },
    );
    expect(many.errors).toEqual([]);
  });

  it.each<[string, string, object?]>([
    ["24 pages by literals", `{ ${aliases(24, `labels(first: 1000) { ${PAGE} }`)} }`],
    [
      "24 pages by a default",
      `query ($n: Int = 1000) { ${aliases(24, `labels(first: $n) { ${PAGE} }`)} }`,
    ],
    [
      "24 pages by a variable",
      `query ($n: Int) { ${aliases(24, `labels(first: $n) { ${PAGE} }`)} }`,
      { n: 1000 },
    ],
    [
      "24 pages by a fragment",
      `query ($n: Int!) { ${aliases(24, "labels(first: $n) { ...p }")} } fragment p on LabelConnection { ...q } fragment q on LabelConnection { ${PAGE} }`,
      { n: 1000 },
    ],
    [
      "24 pages in an inline fragment",
      `{ ... on Query { ${aliases(24, `labels(first: 1000) { ... { ${PAGE} } }`)} } }`,
    ],
    ["24 pages by edges", `{ ${aliases(24, "labels(first: 1000) { edges { node { id } } }")} }`],
    [
      "16 times all predictions",
      `query ($b: String!, $k: Int) { ${aliases(16, "classify(image: { base64: $b }, topK: $k) { predictions { ancestors { label } } }")} }`,
      { b: "AAAA", k: 1000 },
    ],
    [
      "all predictions of 16 photos",
      "query ($i: [ImageInput!]!) { classifyMany(images: $i, topK: 1000) { ... on Classification { predictions { label synset } } } }",
      { i: Array(16).fill({ base64: "AAAA" }) },
    ],
  ])(
    "refuses %s with REQUEST_TOO_COSTLY, before anything is computed",
    async (_name, query, variables = {}) => {
      const { status, data, errors } = await worker.query(query, variables);
      expect(status).toBe(400);
      expect(data).toBeFalsy();
      expect(errors).toHaveLength(1);
      expect(errors[0]?.extensions).toEqual({
        code: "REQUEST_TOO_COSTLY",
        limit: "maxValues",
        max: 30_000,
      });
    },
  );

  it("counts fields that are skipped as nothing", async () => {
    const { status } = await worker.query(
      `query ($no: Boolean!) { ${aliases(5, `labels(first: 1000) @include(if: $no) { edges { node { id label aliases synset } } ${PAGE} }`)} __typename }`,
      { no: false },
    );
    expect(status).toBe(200);
  });

  it("is found at once for fragments that would be expanded millions of times", async () => {
    const spreads = Array.from(
      { length: 30 },
      (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`,
    );
    const { data } = await worker.query(
      `{ ...f0 } ${spreads.join(" ")} fragment f30 on Query { __typename }`,
    );
    expect(data).toBeFalsy();
  });

  it.each([
    [`{ ${aliases(33, "__typename")} }`, "maxAliases", 32],
    [`{ __typename ${"@skip(if: false)".repeat(6)} }`, "maxDirectives", 5],
    [`{ ${"__typename ".repeat(500)} }`, "maxTokens", 450],
    [
      '{ classify(image: { base64: "A" }) { votes { model { shares { ... { ... { ... { ... { alias } } } } } } } } }',
      "maxDepth",
      8,
    ],
  ])("has limits on the document too: %.60s", async (query, limit, max) => {
    const { status, errors } = await worker.query(query);
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toEqual({ code: "REQUEST_TOO_COSTLY", limit, max });
    expect(errors[0]?.message).toContain(String(max));
  });
});

describe("in the hardened profile, a message", () => {
  const image = { bas64: "AAAA" };
  const VARIABLE = "query ($i: ImageInput!) { inspectImage(image: $i) { format } }";

  it.each<[string, string, object?]>([
    ["about an unknown field", "{ modls { id } }"],
    ["about an unknown argument", "{ labels(frst: 1) { totalCount } }"],
    ["about an unknown type", "query ($i: ImageInpt!) { inspectImage(image: $i) { format } }"],
    ["about an unknown enum value", "{ labels(locale: ENN) { totalCount } }"],
    ["about a string in place of an enum value", '{ labels(locale: "EN") { totalCount } }'],
    ["about an unknown member of a variable", VARIABLE, { i: image }],
    [
      "about an unknown member of a literal",
      '{ inspectImage(image: { bas64: "AAAA" }) { format } }',
    ],
    [
      "about an enum value in a variable",
      "query ($l: Locale) { labels(locale: $l) { totalCount } }",
      { l: "ENN" },
    ],
    [
      "about a lower-case enum value",
      "query ($l: Locale) { labels(locale: $l) { totalCount } }",
      { l: "en" },
    ],
    [
      "about a type for fragments",
      "{ classifyMany(images: []) { ... on Classificaton { cached } } }",
    ],
    ["about a number that is not whole", "{ labels(first: 1.5) { totalCount } }"],
    [
      "about such a number in a variable",
      "query ($n: Int) { labels(first: $n) { totalCount } }",
      { n: 1.5 },
    ],
    ["about a missing variable", "query ($n: Int!) { labels(first: $n) { totalCount } }"],
    ["about two members of an image", VARIABLE, { i: { base64: "A", url: "b" } }],
    ["about a missing operation", "query a { __typename } query b { __typename }"],
  ])("%s suggests nothing, but says what to do", async (_name, query, variables = {}) => {
    const { data, errors } = await worker.query(query, variables);
    expect(data).toBeFalsy();
    for (const { message, extensions } of errors) {
      expect(message).not.toMatch(/did you mean|suggestion/i);
      expect(message).toMatch(/[.] (?:Use|Give|Add|Correct) [^.]+(?:schema\.graphql)?[^.]*\.$/);
      expect(extensions.code).toMatch(
        /^(?:BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED|OPERATION_RESOLUTION_FAILURE)$/,
      );
    }
  });
});
