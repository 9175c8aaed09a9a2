/** Every kind of bad input ends in an error with a code and a message that helps; never in a 500. */
import { beforeAll, describe, expect, it } from "vitest";
import { fetchWorker, type GraphqlResponse, query, send, upload } from "./support/graphql.ts";
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
  jpeg = await readRepoFile("examples/cat.jpg");
  png = await readRepoFile("examples/cat.png");
});

type ImageCase = {
  readonly name: string;
  readonly bytes: () => Bytes;
  readonly code: string;
  readonly status: number;
  readonly message: RegExp;
};

const ascii = (text: string) => new TextEncoder().encode(text);

const IMAGE_CASES: ImageCase[] = [
  { name: "0 bytes", bytes: () => ascii(""), code: "IMAGE_EMPTY", status: 400, message: /empty/i },
  {
    name: "text",
    bytes: () => ascii("hello, this is no picture at all"),
    code: "IMAGE_UNSUPPORTED",
    status: 415,
    message: /JPEG/,
  },
  {
    name: "a JPEG cut in half",
    bytes: () => jpeg.slice(0, jpeg.length / 2),
    code: "IMAGE_CORRUPT",
    status: 422,
    message: /JPEG/,
  },
  {
    name: "a PNG cut in half",
    bytes: () => png.slice(0, png.length / 2),
    code: "IMAGE_CORRUPT",
    status: 422,
    message: /PNG/,
  },
  {
    name: "a PNG header that claims 60000x60000",
    bytes: () => pngHeader(60_000, 60_000),
    code: "IMAGE_TOO_LARGE",
    status: 413,
    message: /60000/,
  },
  {
    name: "HEIC",
    bytes: () => ascii("\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    code: "IMAGE_UNSUPPORTED",
    status: 415,
    message: /HEIC/,
  },
];

describe("an image that cannot be classified", () => {
  it.each(IMAGE_CASES)("$name: $code", async ({ bytes, code, status, message }) => {
    const response = await upload(CLASSIFY, bytes());
    expect(response.data).toBeNull();
    expect(response.errors).toHaveLength(1);
    expect(response.errors[0]?.extensions.code).toBe(code);
    expect(response.errors[0]?.message).toMatch(message);
    expect(response.status).toBe(status);
  });

  it("more than the byte limit", async () => {
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

  it("a body beyond any image", async () => {
    const headers = { "content-type": "application/json" };
    const response = await send({ headers, body: new Uint8Array(15 * 1024 * 1024) });
    expect(response.status).toBe(413);
    expect(response.errors[0]?.extensions.code).toBe("REQUEST_TOO_LARGE");
  });
});

describe("an argument out of range", () => {
  it.each([
    [{ topK: 0 }, "topK", /topK is 0.*1.*1000/],
    [{ topK: 1001 }, "topK", /topK is 1001.*1.*1000/],
    [{ topK: 278, model: "resnet18" }, "topK", /topK is 278.*1.*277/],
    [{ threshold: 1.5 }, "threshold", /threshold is 1.5.*0.*1/],
    [{ threshold: -0.1 }, "threshold", /threshold is -0.1.*0.*1/],
  ])("%o", async (variables, argument, message) => {
    const { status, errors } = await upload(CLASSIFY, jpeg, variables);
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument });
    expect(errors[0]?.message).toMatch(message);
  });

  it.each(["nonesuch", "constructor", "resnet18-in277@9.9.9", "../../etc@1.0.0", ""])(
    "the unknown model %j",
    async (model) => {
      const { status, errors } = await upload(CLASSIFY, jpeg, { model });
      expect(status).toBe(404);
      expect(errors[0]?.extensions.code).toBe("MODEL_NOT_FOUND");
      expect(errors[0]?.message).toContain("resnet18");
    },
  );
});

describe("an image input that is none", () => {
  it.each([
    ["not Base64", { base64: "not base64!" }, /not Base64/],
    ["Base64 of a wrong length", { base64: "abcde" }, /not Base64/],
    ["a data URI without Base64", { base64: "data:image/svg+xml,<svg/>" }, /data URI/],
    ["two members", { base64: BASE64, upload: null }, /upload|exactly one/i],
    ["no member", {}, /exactly one/i],
    ["null", { base64: null }, /non-null|null/i],
    ["a file that is no file", { upload: "cat.jpg" }, /multipart/],
  ])("%s", async (_name, image, message) => {
    const { status, errors } = await query(CLASSIFY_INPUT, { image });
    expect(status).toBe(400);
    expect(errors[0]?.extensions.code).toBe("BAD_USER_INPUT");
    expect(errors[0]?.message).toMatch(message);
  });

  it("two members in a literal", async () => {
    const { status, errors } = await query(
      `query ($file: File!) { classify(image: { base64: "${BASE64}", upload: $file }) { answer { label } } }`,
      { file: null },
    );
    // A document that does not validate: GraphQL over HTTP answers JSON clients with 200.
    expect(status).toBe(200);
    expect(errors[0]?.message).toMatch(/exactly one/i);
    expect(errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });
});

describe("a request that is no GraphQL request", () => {
  const json = { "content-type": "application/json" };
  it.each<[string, RequestInit]>([
    ["an empty body", { headers: json, body: "" }],
    ["an empty body without a type", {}],
    ["broken JSON", { headers: json, body: "{" }],
    ["a JSON array of nothing", { headers: json, body: "[]" }],
    ["no query", { headers: json, body: "{}" }],
    ["a syntax error", { headers: json, body: JSON.stringify({ query: "{ classify(" }) }],
    ["an unknown field", { headers: json, body: JSON.stringify({ query: "{ nonesuch }" }) }],
    ["multipart without operations", { body: formWith({ map: "{}" }) }],
    ["multipart with broken operations", { body: formWith({ operations: "{", map: "{}" }) }],
    ["multipart with a broken map", { body: formWith({ operations: "{}", map: "[" }) }],
    [
      "multipart whose map names no variable",
      {
        body: formWith({
          operations: '{"query":"{models{id}}"}',
          map: '{"0":["nonesuch.x"]}',
          "0": "x",
        }),
      },
    ],
    [
      "multipart cut short",
      {
        headers: { "content-type": "multipart/form-data; boundary=x" },
        body: '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"que',
      },
    ],
  ])("%s", async (_name, init) => {
    const response = await fetchWorker("/graphql", { method: "POST", ...init });
    expect(response.status).toBeLessThan(500);
    const { errors } = await response.json<{ errors: GraphqlResponse["errors"] }>();
    expect(errors[0]?.message).toMatch(/\w/);
    expect(errors[0]?.extensions.code).toMatch(/^(?!INTERNAL)[A-Z_]+$/);
    expect(JSON.stringify(errors)).not.toMatch(/at .*:\d+:\d+/);
  });

  it("an unknown path", async () => {
    expect((await fetchWorker("/nonesuch")).status).toBe(404);
  });
});

function formWith(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

/** Signature and IHDR of an 8-bit RGB PNG, with a right CRC, and nothing after. */
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
