import { beforeAll, describe, expect, it } from "vitest";
import { fetchWorker, type GraphqlResponse, upload } from "./support/graphql.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

let espresso: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  espresso = await readRepoFile("examples/espresso.jpg");
});

// biome-ignore lint/suspicious/noExplicitAny: the shape depends on the query of each test
async function post(path: string, init: RequestInit): Promise<{ status: number; body: any }> {
  const response = await fetchWorker(path, { method: "POST", ...init });
  return { status: response.status, body: await response.json() };
}

function makeForm(image: Uint8Array<ArrayBuffer>): FormData {
  const form = new FormData();
  form.append("image", new Blob([image]));
  return form;
}

describe("POST /classify", () => {
  it.each(["image/jpeg", "application/x-www-form-urlencoded", "application/octet-stream"])(
    "accepts the image as a body of type %s",
    async (type) => {
      const { status, body } = await post("/classify?topK=5&locale=zh", {
        headers: { "content-type": type },
        body: espresso,
      });
      expect(status).toBe(200);
      expect(body.predictions).toHaveLength(5);
      expect(body.answer).toMatchObject({ kind: "CLASS", synset: "n07920052" });
      expect(body.answer.label).toContain("咖啡");
    },
  );

  it("returns the same answer as GraphQL", async () => {
    const { body } = await post("/classify?topK=7&threshold=0.001&model=resnet18&framing=tiles", {
      body: espresso,
    });
    const { data } = await upload(
      `query ($image: File!) {
        classify(image: { upload: $image }, topK: 7, threshold: 0.001, model: "resnet18", framing: TILES) {
          answer { kind id synset label confidence }
          predictions { rank classIndex id synset label aliases confidence }
          votes { model { id version engine } prediction { id synset label confidence } }
          model { id version engine }
          regions { x y width height }
          image { format width height orientation bytes sha256 }
          cached receipt
        }
      }`,
      espresso,
    );
    expect(body).toEqual(data.classify);
  });

  it.each([
    "models=default,resnet18",
    "models=default,%20resnet18",
    "models=default&models=resnet18",
  ])("answers with an ensemble if several models are given as %s", async (search) => {
    const { body } = await post(`/classify?${search}`, { body: espresso });
    expect(body.votes).toHaveLength(2);
  });

  it.each([
    ["topK=1.5", "Use a whole number."],
    ["topK=3&topK=4", "Give it once."],
    ["locale=zh-CN", "Use EN or ZH."],
    ["framing=half", "Use CROP, WHOLE or TILES."],
    ["framing=", "Use CROP, WHOLE or TILES."],
    ["model=", "is empty"],
    ["models=", "is empty"],
  ])("says how to fix ?%s", async (search, fix) => {
    const { body } = await post(`/classify?${search}`, { body: espresso });
    expect(body.errors[0].message).toContain(fix);
    expect(body.errors[0].message).not.toMatch(/did you mean/i);
  });

  it("recognises an image that lost its NULs and line breaks to curl -d", async () => {
    const { status, body } = await post("/classify", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: espresso.filter((byte) => ![0, 10, 13].includes(byte)),
    });
    expect(status).toBe(415);
    expect(body.errors[0].message).toContain("--data-binary");
  });

  it.each(["gzip", "deflate, gzip"])("rejects Content-Encoding %s with 415", async (coding) => {
    const response = await fetchWorker("/classify", {
      method: "POST",
      headers: { "content-encoding": coding },
      body: espresso,
    });
    expect(response.status).toBe(415);
    expect(response.headers.get("accept-encoding")).toBe("identity");
    const { errors } = await response.json<GraphqlResponse>();
    expect(errors[0]?.extensions).toEqual({
      code: "UNSUPPORTED_MEDIA_TYPE",
      accepted: ["identity"],
    });
  });

  it.each([
    ["topK=0", 400, "BAD_USER_INPUT"],
    ["topK=x", 400, "BAD_USER_INPUT"],
    ["topK=", 400, "BAD_USER_INPUT"],
    ["topK=1.5", 400, "BAD_USER_INPUT"],
    ["threshold=2", 400, "BAD_USER_INPUT"],
    ["locale=fr", 400, "BAD_USER_INPUT"],
    ["model=none", 404, "MODEL_NOT_FOUND"],
    ["models=", 400, "BAD_USER_INPUT"],
    ["models=default,", 400, "BAD_USER_INPUT"],
    ["model=", 400, "BAD_USER_INPUT"],
    ["topK=3&topK=4", 400, "BAD_USER_INPUT"],
    ["model=default&model=resnet18", 400, "BAD_USER_INPUT"],
    ["top_k=3", 400, "BAD_USER_INPUT"],
    ["__proto__=1", 400, "BAD_USER_INPUT"],
  ])("rejects ?%s with %s %s", async (search, expected, code) => {
    const { status, body } = await post(`/classify?${search}`, { body: espresso });
    expect(body.errors[0].extensions.code).toBe(code);
    expect(body.errors[0]).not.toHaveProperty("locations");
    expect(body.errors[0]).not.toHaveProperty("path");
    expect(status).toBe(expected);
  });

  it.each<[what: string, body: () => BodyInit, status: number, code: string]>([
    ["an empty body", () => new Uint8Array(), 400, "IMAGE_EMPTY"],
    ["noise", () => "noise", 415, "IMAGE_UNSUPPORTED"],
    ["a form", () => makeForm(espresso), 415, "UNSUPPORTED_MEDIA_TYPE"],
  ])("rejects %s with %s %s", async (_what, makeBody, expected, code) => {
    const { status, body } = await post("/classify", { body: makeBody() });
    expect(status).toBe(expected);
    expect(body.errors[0].extensions.code).toBe(code);
  });
});

describe("GET /classify", () => {
  it("is rejected with 405 METHOD_NOT_ALLOWED", async () => {
    const response = await fetchWorker("/classify");
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
    const { errors } = await response.json<GraphqlResponse>();
    expect(errors[0]?.extensions.code).toBe("METHOD_NOT_ALLOWED");
  });
});
