/** The GraphQL multipart request specification (github.com/jaydenseric/graphql-multipart-request-spec). */
import { beforeAll, describe, expect, it } from "vitest";
import { useLocalWorker } from "../support/use-local-worker.ts";
import { callWorker, readRepoFile } from "./support/call-worker.ts";

const worker = callWorker(useLocalWorker());

const SINGLE =
  "query ($image: File!) { classify(image: { upload: $image }) { answer { synset } } }";
const LIST =
  "query ($images: [ImageInput!]!) { classifyMany(images: $images) { ... on Classification { predictions { synset } } } }";
const ESPRESSO = "n07920052";
const MISSILE = "n03773504";

let espresso: Uint8Array<ArrayBuffer>;
let rocket: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  espresso = await readRepoFile("examples/espresso.jpg");
  rocket = await readRepoFile("examples/rocket.jpg");
});

type Part = readonly [name: string, value: string | Uint8Array<ArrayBuffer>];

async function send(...parts: readonly Part[]) {
  const body = new FormData();
  for (const [name, value] of parts) {
    body.append(name, typeof value === "string" ? value : new Blob([value]), ...([] as []));
  }
  return read({ body });
}

async function read(init: RequestInit) {
  const response = await worker.graphql(init);
  return { ...response, code: response.errors[0]?.extensions?.code };
}

const bytes1 = new Uint8Array(1);
const operations = (query: string, variables: object): Part => [
  "operations",
  JSON.stringify({ query, variables }),
];
const map = (value: object): Part => ["map", JSON.stringify(value)];

describe("a multipart request", () => {
  it("can send a single file", async () => {
    const { status, data } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", espresso],
    );
    expect(status).toBe(200);
    expect(data.classify.answer.synset).toBe(ESPRESSO);
  });

  it("can send a list of files", async () => {
    const { data } = await send(
      operations(LIST, { images: [{ upload: null }, { upload: null }] }),
      map({ a: ["variables.images.0.upload"], b: ["variables.images.1.upload"] }),
      ["a", espresso],
      ["b", rocket],
    );
    const first = (i: number) => data.classifyMany[i].predictions[0].synset;
    expect([first(0), first(1)]).toEqual([ESPRESSO, MISSILE]);
  });

  it("can assign one file to two variables", async () => {
    const { data } = await send(
      operations(LIST, { images: [{ upload: null }, { upload: null }] }),
      map({ 0: ["variables.images.0.upload", "variables.images.1.upload"] }),
      ["0", espresso],
    );
    expect(data.classifyMany).toHaveLength(2);
    expect(data.classifyMany[0]).toEqual(data.classifyMany[1]);
  });

  it("is rejected if its operations are batched", async () => {
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
    ["its operations are missing", [map({ 0: ["variables.image"] }), ["0", "x"]]],
    ["its operations are not JSON", [["operations", "{"], map({ 0: ["variables.image"] })]],
    ["its operations are null", [["operations", "null"], map({})]],
    ["its map is not JSON", [operations(SINGLE, { image: null }), ["map", "{"]]],
    ["its map is an array", [operations(SINGLE, { image: null }), ["map", "[]"]]],
    ["its map is null", [operations(SINGLE, { image: null }), ["map", "null"]]],
    [
      "its map contains a string",
      [operations(SINGLE, { image: null }), map({ 0: "variables.image" })],
    ],
    ["its map contains numbers", [operations(SINGLE, { image: null }), map({ 0: [1] })]],
    [
      "its map points to a missing variable",
      [operations(SINGLE, { image: null }), map({ 0: ["variables.other"] }), ["0", "x"]],
    ],
    [
      "its map points inside a number",
      [operations(SINGLE, { image: 1 }), map({ 0: ["variables.image.a.b"] }), ["0", "x"]],
    ],
    ...[
      "__proto__.polluted",
      "variables.__proto__.polluted",
      "variables.constructor.prototype.polluted",
      "variables.toString",
      "variables.images.length",
      "variables.images.-1",
      "variables.images.1",
      "variables.images.00",
      "variables.images.99999999",
      "variables.images.4294967294",
      "variables.models.99999999",
      "variables.image.upload",
      `variables${".a".repeat(100_000)}`,
      "query",
      "variables",
      "",
    ].map((path): [string, Part[]] => [
      `its map points to ${path.slice(0, 50)}`,
      [
        operations(LIST, { image: null, images: [{}], models: [] }),
        map({ 0: [path] }),
        ["0", new Uint8Array(1)],
      ],
    ]),
    [
      "its map overwrites a value",
      [operations(LIST, { images: [1] }), map({ 0: ["variables.images.0"] }), ["0", bytes1]],
    ],
    [
      "its map has two paths to the same null",
      [
        operations(SINGLE, { image: null }),
        map({ 0: ["variables.image", "variables.image"] }),
        ["0", bytes1],
      ],
    ],
    ["its map is missing", [operations(SINGLE, { image: null })]],
    ["its file is missing", [operations(SINGLE, { image: null }), map({ 0: ["variables.image"] })]],
    [
      "its file is a text field",
      [operations(SINGLE, { image: null }), map({ 0: ["variables.image"] }), ["0", "text"]],
    ],
    ["its file is not in the map", [operations(SINGLE, { image: null }), map({}), ["0", "x"]]],
  ] as [string, Part[]][])("gets a typed error, not a 500, if %s", async (_name, parts) => {
    const { status, data, code } = await send(...parts);
    expect(status).toBeLessThan(500);
    expect(data?.classify).toBeFalsy();
    expect(code).toMatch(/^(?:BAD_REQUEST|BAD_USER_INPUT|GRAPHQL_)/);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each<[string, number, (i: number) => Part]>([
    ["files", 17, (i) => [`f${i}`, bytes1]],
    ["parts", 100, (i) => [`p${i}`, "x"]],
  ])("gets REQUEST_TOO_LARGE if it has too many %s", async (_what, count, makePart) => {
    const parts = Array.from({ length: count }, (_, i) => makePart(i));
    const images = parts.map(() => ({ upload: null }));
    const { status, code } = await send(
      operations(LIST, { images }),
      map(Object.fromEntries(parts.map(([name], i) => [name, [`variables.images.${i}.upload`]]))),
      ...parts,
    );
    expect(status).toBe(413);
    expect(code).toBe("REQUEST_TOO_LARGE");
  });

  it("is accepted if its files come first", async () => {
    const { data } = await send(
      ["0", espresso],
      map({ 0: ["variables.image"] }),
      operations(SINGLE, { image: null }),
    );
    expect(data.classify.answer.synset).toBe(ESPRESSO);
  });

  it("gets IMAGE_EMPTY if its file is empty", async () => {
    const { code } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", new Uint8Array()],
    );
    expect(code).toBe("IMAGE_EMPTY");
  });

  it("gets IMAGE_TOO_LARGE if its file is too large", async () => {
    const { status, code } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", new Uint8Array(10 * 1024 * 1024 + 1)],
    );
    expect(status).toBe(413);
    expect(code).toBe("IMAGE_TOO_LARGE");
  });

  it("gets REQUEST_TOO_LARGE if its body is too large", async () => {
    const { status, code } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", new Uint8Array(15 * 1024 * 1024)],
    );
    expect(status).toBe(413);
    expect(code).toBe("REQUEST_TOO_LARGE");
  });

  it.each([
    ["it has no boundary", "multipart/form-data", "--x\r\n"],
    [
      "it ends within a part",
      "multipart/form-data; boundary=x",
      '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"que',
    ],
    [
      "a part has headers of 14 MB",
      "multipart/form-data; boundary=x",
      `--x\r\n${"a: b\r\n".repeat(2_300_000)}\r\n\r\n--x--\r\n`,
    ],
    [
      "its boundary can be read in two ways",
      'multipart/form-data; boundary="a\\"b"',
      `${'--a"b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'.repeat(100_000)}--a"b--\r\n`,
    ],
    ["its body is empty", "multipart/form-data; boundary=x", ""],
    ["its body is noise", "multipart/form-data; boundary=x", "\u0000\u0001 noise"],
  ])("gets BAD_REQUEST, not a 500, if %s", async (_name, type, body) => {
    const { status, code } = await read({ headers: { "content-type": type }, body });
    expect(status).toBe(400);
    expect(code).toBe("BAD_REQUEST");
  });

  it("does not affect later requests if its sender aborts it", async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode("--x\r\ncontent-disposition: form-data"));
        controller.error(new Error("gone"));
      },
    });
    const init = { method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" } };
    await worker
      .fetch("/graphql", { ...init, body: stream, duplex: "half" } as RequestInit)
      .catch(() => undefined);
    const { data } = await send(
      operations(SINGLE, { image: null }),
      map({ 0: ["variables.image"] }),
      ["0", espresso],
    );
    expect(data.classify.answer.synset).toBe(ESPRESSO);
  });
});
