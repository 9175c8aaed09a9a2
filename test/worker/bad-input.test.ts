/** Every kind of bad input gets an error with a code and a useful message, never a 500. */
import { beforeAll, describe, expect, it } from "vitest";
import { fetchWorker, type GraphqlResponse, query, send, upload } from "./support/graphql.ts";
import { publishSmall } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const CLASSIFY = `
  query ($image: File!, $topK: Int, $threshold: Float, $model: String) {
    classify(image: { upload: $image }, topK: $topK, threshold: $threshold, model: $model) {
      answer { label }
    }
  }`;
const CLASSIFY_INPUT = `
  query ($image: ImageInput!) { classify(image: $image) { answer { label } } }`;
const BASE64 = "aGVsbG8=";

type Bytes = Uint8Array<ArrayBuffer>;
let jpeg: Bytes;
let png: Bytes;

beforeAll(async () => {
  await seedBucket();
  await publishSmall();
  jpeg = await readRepoFile("examples/cat.jpg");
  png = await readRepoFile("examples/cat.png");
});

type ImageCase = {
  readonly name: string;
  readonly bytes: () => Bytes;
  readonly code: string;
  readonly status: number;
  /** A format or a number that the message must name. */
  readonly named: string;
};

const ascii = (text: string) => new TextEncoder().encode(text);

const IMAGE_CASES: ImageCase[] = [
  { name: "0 bytes", bytes: () => ascii(""), code: "IMAGE_EMPTY", status: 400, named: "" },
  {
    name: "text",
    bytes: () => ascii("hello, this is not an image"),
    code: "IMAGE_UNSUPPORTED",
    status: 415,
    named: "JPEG",
  },
  {
    name: "a JPEG cut in half",
    bytes: () => jpeg.slice(0, jpeg.length / 2),
    code: "IMAGE_CORRUPT",
    status: 422,
    named: "JPEG",
  },
  {
    name: "a PNG cut in half",
    bytes: () => png.slice(0, png.length / 2),
    code: "IMAGE_CORRUPT",
    status: 422,
    named: "PNG",
  },
  {
    name: "a PNG header that claims 60000x60000",
    bytes: () => pngHeader(60_000, 60_000),
    code: "IMAGE_TOO_LARGE",
    status: 413,
    named: "60000",
  },
  {
    name: "HEIC",
    bytes: () => ascii("\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    code: "IMAGE_UNSUPPORTED",
    status: 415,
    named: "HEIC",
  },
];

describe("classify with an image that cannot be classified", () => {
  it.each(IMAGE_CASES)("rejects $name with $code", async ({ bytes, code, status, named }) => {
    const response = await upload(CLASSIFY, bytes());
    expect(response.data).toBeNull();
    expect(response.errors).toHaveLength(1);
    expect(response.errors[0]?.extensions.code).toBe(code);
    expect(response.errors[0]?.message).toContain(named);
    expect(response.status).toBe(status);
  });

  it("rejects an image that exceeds maxBytes with IMAGE_TOO_LARGE", async () => {
    const bytes = new Uint8Array(10 * 1024 * 1024 + 1);
    bytes.set(jpeg);
    const response = await upload(CLASSIFY, bytes);
    expect(response.status).toBe(413);
    expect(response.errors[0]?.extensions).toMatchObject({
      code: "IMAGE_TOO_LARGE",
      limit: "maxBytes",
      max: 10_485_760,
      value: 10_485_761,
    });
  });

  it("rejects a body that is too large with REQUEST_TOO_LARGE", async () => {
    const headers = { "content-type": "application/json" };
    const response = await send({ headers, body: new Uint8Array(15 * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect(response.errors[0]?.extensions.code).toBe("REQUEST_TOO_LARGE");
  });
});

describe("classify with an argument out of range", () => {
  it.each([
    [{ topK: 0 }, { argument: "topK", value: 0, min: 1, max: 1000 }],
    [{ topK: 1001 }, { argument: "topK", value: 1001, min: 1, max: 1000 }],
    [
      { topK: 6, model: "small@1.0.0" },
      { argument: "topK", value: 6, min: 1, max: 5 },
    ],
    [{ threshold: 1.5 }, { argument: "threshold", value: 1.5, min: 0, max: 1 }],
    [{ threshold: -0.1 }, { argument: "threshold", value: -0.1, min: 0, max: 1 }],
  ])("rejects %o with BAD_USER_INPUT and the range", async (variables, details) => {
    const { status, errors } = await upload(CLASSIFY, jpeg, variables);
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", ...details });
  });

  it.each(["nonesuch", "constructor", "resnet18@9.9.9", "../../etc@1.0.0", ""])(
    "rejects the unknown model %j with MODEL_NOT_FOUND",
    async (model) => {
      const { status, errors } = await upload(CLASSIFY, jpeg, { model });
      expect(status).toBe(404);
      expect(errors[0]?.extensions.code).toBe("MODEL_NOT_FOUND");
      expect(errors[0]?.message).toContain("resnet18");
    },
  );
});

describe("classify with an invalid ImageInput", () => {
  it.each([
    ["text that is not Base64", { base64: "not base64!" }, "image.base64"],
    ["Base64 of an invalid length", { base64: "abcde" }, "image.base64"],
    ["a data URI without Base64", { base64: "data:image/svg+xml,<svg/>" }, "image.base64"],
    ["an upload that is not a file", { upload: "cat.jpg" }, "image.upload"],
    // GraphQL reports these as errors of the variable, without naming the argument.
    ["two members", { base64: BASE64, upload: null }, undefined],
    ["no member", {}, undefined],
    ["a member that is null", { base64: null }, undefined],
  ])("rejects %s with BAD_USER_INPUT", async (_name, image, argument) => {
    const { status, errors } = await query(CLASSIFY_INPUT, { image });
    expect(status).toBe(400);
    expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors[0]?.extensions.argument).toBe(argument);
  });

  it("rejects a literal with two members with GRAPHQL_VALIDATION_FAILED", async () => {
    const { status, errors } = await query(
      `query ($file: File!) { classify(image: { base64: "${BASE64}", upload: $file }) { answer { label } } }`,
      { file: null },
    );
    // GraphQL over HTTP: JSON clients get 200 for a document that fails validation.
    expect(status).toBe(200);
    expect(errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });
});

describe("POST /graphql with an invalid request", () => {
  const json = { "content-type": "application/json" };
  it.each<[string, RequestInit]>([
    ["an empty body", { headers: json, body: "" }],
    ["an empty body without a Content-Type", {}],
    ["broken JSON", { headers: json, body: "{" }],
    ["an empty JSON array", { headers: json, body: "[]" }],
    ["a missing query", { headers: json, body: "{}" }],
    ["a syntax error", { headers: json, body: JSON.stringify({ query: "{ classify(" }) }],
    ["an unknown field", { headers: json, body: JSON.stringify({ query: "{ nonesuch }" }) }],
    ["a multipart body without operations", { body: formWith({ map: "{}" }) }],
    ["a multipart body with broken operations", { body: formWith({ operations: "{", map: "{}" }) }],
    ["a multipart body with a broken map", { body: formWith({ operations: "{}", map: "[" }) }],
    [
      "a multipart body whose map does not name a variable",
      {
        body: formWith({
          operations: '{"query":"{models{id}}"}',
          map: '{"0":["nonesuch.x"]}',
          "0": "x",
        }),
      },
    ],
    [
      "a truncated multipart body",
      {
        headers: { "content-type": "multipart/form-data; boundary=x" },
        body: '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"que',
      },
    ],
  ])("returns an error code and no internals for %s", async (_name, init) => {
    const response = await fetchWorker("/graphql", { method: "POST", ...init });
    expect(response.status).toBeLessThan(500);
    const { errors } = await response.json<{ errors: GraphqlResponse["errors"] }>();
    expect(errors[0]?.message).toMatch(/\w/);
    expect(errors[0]?.extensions.code).toMatch(/^(?!INTERNAL)[A-Z_]+$/);
    expect(JSON.stringify(errors)).not.toMatch(/at .*:\d+:\d+/);
  });
});

it("GET of an unknown path returns 404", async () => {
  expect((await fetchWorker("/nonesuch")).status).toBe(404);
});

function formWith(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

/** The signature and IHDR of an 8-bit RGB PNG, with a valid CRC, and nothing after them. */
function pngHeader(width: number, height: number): Bytes {
  const bytes = new Uint8Array(33);
  bytes.set([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([8, 2, 0, 0, 0], 24);
  view.setUint32(29, crc32(bytes.subarray(12, 29)));
  return bytes;
}

/** CRC-32 as PNG (ISO 3309) defines it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
