/** JSON bodies of GraphQL requests over real connections: what is missing, damaged or huge. */
import { describe, expect, it } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { callWorker, readRepoFile } from "./support/call-worker.ts";

const local = useLocalWorker({ settings: { PROFILE: "hardened" } });
const worker = callWorker(local);
const JSON_TYPE = { "content-type": "application/json" };

describe("a request without a query", () => {
  it("gets 400 BAD_REQUEST", async () => {
    for (const body of ["{}", '{"query":null}', '{"query":""}', '{"variables":{}}']) {
      const { status, errors } = await worker.graphql({ headers: JSON_TYPE, body });
      expect(status).toBe(400);
      expect(errors[0]?.extensions.code).toBe("BAD_REQUEST");
    }
  });

  it("gets the error after which clients of persisted queries send the whole query", async () => {
    const extensions = JSON.stringify({
      persistedQuery: { version: 1, sha256Hash: "0".repeat(64) },
    });
    const post = await worker.graphql({ headers: JSON_TYPE, body: `{"extensions":${extensions}}` });
    const get = await worker.fetch(`/graphql?extensions=${encodeURIComponent(extensions)}`, {
      headers: { "apollo-require-preflight": "true" },
    });
    for (const { errors } of [post, (await get.json()) as typeof post]) {
      expect(errors).toEqual([
        {
          message: "PersistedQueryNotSupported",
          extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED" },
        },
      ]);
    }
  });
});

describe("JSON", () => {
  const post = (body: string) => worker.graphql({ headers: JSON_TYPE, body });
  const withVariable = (x: string) => `{"query":"{ __typename }","variables":{"x":${x}}}`;
  const millions = (item: string) =>
    withVariable(
      `[${Array((14_000_000 / (item.length + 1)) | 0)
        .fill(item)
        .join(",")}]`,
    );

  it.each([
    ["14 MB of {}", () => millions("{}"), 413],
    ["14 MB of []", () => millions("[]"), 413],
    ["14 MB of 0", () => millions("0"), 413],
    ['14 MB of ""', () => millions('""'), 413],
    ["14 MB of keys", () => `{${'"a":1,'.repeat(2_000_000)}"b":1}`, 413],
    ["14 MB of [", () => withVariable("[".repeat(14_000_000)), 400],
    ["14 MB of {", () => '{"a":'.repeat(2_800_000), 400],
    ["65 levels", () => withVariable("[".repeat(65) + "]".repeat(65)), 400],
    [
      "a query of 14 MB",
      () => JSON.stringify({ query: `{ __typename }${" ".repeat(14_000_000)}` }),
      413,
    ],
    [
      "a query of 100,000 lines",
      () =>
        JSON.stringify({
          query: `{ labels(search: """${"\n".repeat(100_000)}""") { totalCount } }`,
        }),
      413,
    ],
    [
      "a search of 14 MB",
      () =>
        JSON.stringify({
          query:
            "query ($s: String) { a: labels(search: $s) { totalCount } b: labels(search: $s) { totalCount } }",
          variables: { s: "ﷺ".repeat(4_000_000) },
        }),
      400,
    ],
    ["noise", () => "{'query': 1}", 400],
    ["a string", () => '"query"', 400],
    ["null", () => "null", 400],
    ["a list", () => "[]", 400],
  ])("of %s is refused with a code", async (_name, makeBody, status) => {
    const response = await post(makeBody());
    expect(response.errors[0]?.extensions.code).toMatch(
      /^(?:BAD_REQUEST|BAD_USER_INPUT|REQUEST_TOO_LARGE)$/,
    );
    expect(response.status).toBe(status);
    expect(JSON.stringify(response.errors).length).toBeLessThan(1000);
    expect(JSON.stringify(response.errors)).not.toMatch(/JSON\.parse|position|token|originalError/);
  });

  it.each([
    [
      "model",
      "query ($s: String!) { a: labels(model: $s) { totalCount } b: labels(model: $s) { totalCount } }",
    ],
    ["cursor", "query ($s: String!) { a: labels(after: $s) { totalCount } }"],
    [
      "URL",
      "query ($s: String!) { a: classifyMany(images: [{ url: $s }]) { __typename ... on ImageProblem { message } } }",
    ],
    ["host", "query ($s: String!) { inspectImage(image: { url: $s }) { format } }"],
    ["key", "query ($s: String!) { inspectImage(image: { key: $s }) { format } }"],
  ])("with a %s of 10 MB gets a short answer", async (name, query) => {
    const long = "a".repeat(10_000_000);
    const s =
      name === "host"
        ? `https://${long}.example.com/`
        : name === "URL"
          ? `https://a.example/${long}`
          : long;
    const response = await worker.fetch("/graphql", {
      method: "POST",
      headers: JSON_TYPE,
      body: JSON.stringify({ query, variables: { s } }),
    });
    expect(response.status).not.toBe(500);
    expect((await response.text()).length).toBeLessThan(3000);
  });

  it("may hold an image of 10 MB in Base64, with every character that JSON escapes around it", async () => {
    const photo = await readRepoFile("examples/espresso.jpg");
    const padded = new Uint8Array(10_485_760);
    padded.set(photo);
    const { status, data } = await worker.query(
      "query ($b: String!, $s: String) { classify(image: { base64: $b }) { answer { label } } labels(search: $s) { totalCount } }",
      { b: Buffer.from(padded).toString("base64"), s: '\\"[{,:}]\\\\"' },
    );
    expect(status).toBe(200);
    expect(data.classify.answer.label).toBe("espresso");
  });

  it("with a value of the wrong type does not repeat the value", async () => {
    const { status, errors } = await worker.query(
      "query ($n: Int) { labels(first: $n) { totalCount } }",
      { n: "x".repeat(1_000_000) },
    );
    expect(status).toBe(400);
    expect(errors[0]?.message.length).toBeLessThan(1000);
  });
});
