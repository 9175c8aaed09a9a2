/** The GraphQL multipart request specification (github.com/jaydenseric/graphql-multipart-request-spec). */
import { beforeAll, describe, expect, it } from "vitest";
import { fetchWorker, type GraphqlResponse } from "./support/graphql.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const SINGLE =
  "query ($image: File!) { classify(image: { upload: $image }) { answer { synset } } }";
const LIST =
  "query ($images: [ImageInput!]!) { classifyMany(images: $images) { ... on Classification { predictions { synset } } } }";
const ESPRESSO = "n07920052";
const MISSILE = "n03773504";

let espresso: Uint8Array<ArrayBuffer>;
let rocket: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  espresso = await readRepoFile("examples/espresso.jpg");
  rocket = await readRepoFile("examples/rocket.jpg");
});

type Part = readonly [name: string, value: string | Uint8Array<ArrayBuffer>];

async function send(...parts: readonly Part[]) {
  const body = new FormData();
  for (const [name, value] of parts) {
    body.append(name, typeof value === "string" ? value : new Blob([value]), ...([] as []));
  }
  return read(await fetchWorker("/graphql", { method: "POST", body }));
}

async function read(response: Response) {
  const { data, errors = [] } = await response.json<GraphqlResponse>();
  return { status: response.status, data, code: errors[0]?.extensions?.code, errors };
}

const operations = (query: string, variables: object): Part => [
  "operations",
  JSON.stringify({ query, variables }),
];
const map = (value: object): Part => ["map", JSON.stringify(value)];

describe("a multipart request", () => {
  it("with a single file", async () => {
    const { status, data } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", espresso],
    );
    expect(status).toBe(200);
    expect(data.classify.answer.synset).toBe(ESPRESSO);
  });

  it("with a file list", async () => {
    const { data } = await send(
      operations(LIST, { images: [{ upload: null }, { upload: null }] }),
      map({ a: ["variables.images.0.upload"], b: ["variables.images.1.upload"] }),
      ["a", espresso],
      ["b", rocket],
    );
    const first = (i: number) => data.classifyMany[i].predictions[0].synset;
    expect([first(0), first(1)]).toEqual([ESPRESSO, MISSILE]);
  });

  it("with one file for two variables", async () => {
    const { data } = await send(
      operations(LIST, { images: [{ upload: null }, { upload: null }] }),
      map({ 0: ["variables.images.0.upload", "variables.images.1.upload"] }),
      ["0", espresso],
    );
    expect(data.classifyMany).toHaveLength(2);
    expect(data.classifyMany[0]).toEqual(data.classifyMany[1]);
  });

  it("with batched operations is refused", async () => {
    const operation = { query: SINGLE, variables: { image: null } };
    const { status, data } = await send(
      ["operations", JSON.stringify([operation, operation])],
      map({ 0: ["0.variables.image"], 1: ["1.variables.image"] }),
      ["0", espresso],
      ["1", espresso],
    );
    expect(status).toBe(400);
    expect(data).toBeUndefined();
  });

  it.each([
    ["whose operations are missing", [map({ 0: ["variables.image"] }), ["0", "x"]]],
    ["whose operations are no JSON", [["operations", "{"], map({ 0: ["variables.image"] })]],
    ["whose operations are null", [["operations", "null"], map({})]],
    ["whose map is no JSON", [operations(SINGLE, { image: null }), ["map", "{"]]],
    ["whose map is an array", [operations(SINGLE, { image: null }), ["map", "[]"]]],
    ["whose map is null", [operations(SINGLE, { image: null }), ["map", "null"]]],
    [
      "whose map holds a string",
      [operations(SINGLE, { image: null }), map({ 0: "variables.image" })],
    ],
    ["whose map holds numbers", [operations(SINGLE, { image: null }), map({ 0: [1] })]],
    [
      "whose map points nowhere",
      [operations(SINGLE, { image: null }), map({ 0: ["variables.other"] }), ["0", "x"]],
    ],
    [
      "whose map points beneath a value",
      [operations(SINGLE, { image: 1 }), map({ 0: ["variables.image.a.b"] }), ["0", "x"]],
    ],
    [
      "whose map points at a prototype",
      [operations(SINGLE, { image: null }), map({ 0: ["__proto__.polluted"] }), ["0", "x"]],
    ],
    ["whose map is missing", [operations(SINGLE, { image: null })]],
    [
      "whose file is missing",
      [operations(SINGLE, { image: null }), map({ 0: ["variables.image"] })],
    ],
    [
      "whose file is a text field",
      [operations(SINGLE, { image: null }), map({ 0: ["variables.image"] }), ["0", "text"]],
    ],
    ["whose file nobody maps", [operations(SINGLE, { image: null }), map({}), ["0", "x"]]],
  ] as [string, Part[]][])("%s gets a typed error, not a 500", async (_name, parts) => {
    const { status, data, code } = await send(...parts);
    expect(status).toBeLessThan(500);
    expect(data?.classify).toBeFalsy();
    expect(code).toMatch(/^(?:BAD_REQUEST|BAD_USER_INPUT|GRAPHQL_)/);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("whose files come first is read all the same", async () => {
    const { data } = await send(
      ["0", espresso],
      map({ 0: ["variables.image"] }),
      operations(SINGLE, { image: null }),
    );
    expect(data.classify.answer.synset).toBe(ESPRESSO);
  });

  it("with an empty file gets IMAGE_EMPTY", async () => {
    const { code } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", new Uint8Array()],
    );
    expect(code).toBe("IMAGE_EMPTY");
  });

  it("with an oversize file gets IMAGE_TOO_LARGE", async () => {
    const { status, code } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", new Uint8Array(10 * 1024 * 1024 + 1)],
    );
    expect(status).toBe(413);
    expect(code).toBe("IMAGE_TOO_LARGE");
  });

  it("larger than any image needs gets REQUEST_TOO_LARGE", async () => {
    const { status, code } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", new Uint8Array(15 * 1024 * 1024)],
    );
    expect(status).toBe(413);
    expect(code).toBe("REQUEST_TOO_LARGE");
  });

  it.each([
    ["without a boundary", "multipart/form-data", "--x\r\n"],
    [
      "cut off in a part",
      "multipart/form-data; boundary=x",
      '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"que',
    ],
    ["that is empty", "multipart/form-data; boundary=x", ""],
    ["that is noise", "multipart/form-data; boundary=x", "\u0000\u0001 noise"],
  ])("%s gets a typed error, not a 500", async (_name, type, body) => {
    const { status, code } = await read(
      await fetchWorker("/graphql", { method: "POST", headers: { "content-type": type }, body }),
    );
    expect(status).toBe(400);
    expect(code).toBe("BAD_REQUEST");
  });

  it("aborted by its sender leaves the Worker answering", async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("--x\r\ncontent-disposition: form-data"));
        controller.error(new Error("gone"));
      },
    });
    const init = { method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" } };
    await fetchWorker("/graphql", { ...init, body: stream }).catch(() => undefined);
    const { data } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", espresso],
    );
    expect(data.classify.answer.synset).toBe(ESPRESSO);
  });
});
