import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { query } from "./support/graphql.ts";
import { makeApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const MANY = /* GraphQL */ `
  query ($images: [ImageInput!]!, $model: String, $topK: Int) {
    classifyMany(images: $images, model: $model, topK: $topK) {
      __typename
      ... on Classification { predictions { synset } image { sha256 } }
      ... on ImageProblem { code message }
    }
  }
`;

let espresso: string;
let cat: string;

declare global {
  namespace Cloudflare {
    interface Env {
      readonly IMAGES: import("@cloudflare/workers-types").R2Bucket;
    }
  }
}

beforeAll(async () => {
  await seedBucket();
  const bytes = await readRepoFile("examples/espresso.jpg");
  espresso = toBase64(bytes);
  cat = toBase64(await readRepoFile("examples/cat.jpg"));
  await env.IMAGES.put("photos/espresso.jpg", bytes);
});

describe("classifyMany", () => {
  it("keeps the order of the images and reports the problem of each bad one", async () => {
    const { status, data, errors } = await query(MANY, {
      images: [
        { base64: espresso },
        { base64: "AAAA" },
        { base64: "%" },
        { url: "http://169.254.169.254/" },
        { key: "photos/none.jpg" },
        { key: "photos/espresso.jpg" },
        { base64: cat },
      ],
    });
    expect(errors).toEqual([]);
    expect(status).toBe(200);
    const [first, ...rest] = data.classifyMany;
    expect(first.predictions[0].synset).toBe("n07920052");
    expect(rest.slice(0, 4).map(({ code }: { code: string }) => code)).toEqual([
      "IMAGE_UNSUPPORTED",
      "BAD_USER_INPUT",
      "IMAGE_URL_FORBIDDEN",
      "IMAGE_NOT_FOUND",
    ]);
    expect(rest[4]).toEqual(first);
    expect(rest[5].predictions[0].synset).toBe("n02124075");
  });

  it.each([
    ["an empty list", []],
    ["17 images", Array.from({ length: 17 }, () => ({ base64: "AAAA" }))],
  ])("rejects %s", async (_name, images) => {
    const { status, errors } = await query(MANY, { images });
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "images" });
  });

  it("fails as a whole if an argument that applies to all images is invalid", async () => {
    const images = [{ base64: espresso }];
    const { errors } = await query(MANY, { images, model: "none" });
    expect(errors[0]?.extensions.code).toBe("MODEL_NOT_FOUND");
    const range = await query(MANY, { images, topK: 0 });
    expect(range.errors[0]?.extensions).toMatchObject({ argument: "topK" });
  });
});

describe("the limit of passes per request", () => {
  const ONE = "classify(image: { base64: $image }) { answer { synset } }";
  const aliases = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: ${ONE}`);

  it("is 16, including field aliases", async () => {
    const app = makeApp({ RESULT_CACHE_SECONDS: "0" });
    const ask = (count: number) =>
      app.query(`query ($image: String!) { ${aliases(count).join(" ")} }`, { image: espresso });
    expect((await ask(16)).errors).toEqual([]);
    const { status, data, errors } = await ask(17);
    expect(status).toBe(400);
    expect(data).toBeNull();
    expect(errors[0]?.extensions).toMatchObject({
      code: "REQUEST_TOO_COSTLY",
      max: 16,
      value: 17,
    });
  });

  it("applies to lists, ensembles and fragments together", async () => {
    const app = makeApp({ MAX_PASSES: "5" });
    const document = `
      query ($image: String!, $images: [ImageInput!]!) {
        ...More
        classifyMany(images: $images) { __typename }
      }
      fragment More on Query {
        classify(image: { base64: $image }, models: ["default", "resnet18"]) { cached }
      }`;
    const ask = (count: number) =>
      app.query(document, {
        image: espresso,
        images: Array.from({ length: count }, () => ({ base64: espresso })),
      });
    expect((await ask(3)).errors).toEqual([]);
    expect((await ask(4)).errors[0]?.extensions).toMatchObject({
      code: "REQUEST_TOO_COSTLY",
      value: 6,
    });
  });

  it("counts each heat map as a pass", async () => {
    const app = makeApp({ MAX_PASSES: "4" });
    const ask = (topK: number) =>
      app.query(
        `query ($image: String!, $topK: Int!) {
          classify(image: { base64: $image }, topK: $topK) { predictions { rank heatmap(size: 32) } }
        }`,
        { image: espresso, topK },
      );
    expect((await ask(3)).errors).toEqual([]);
    const { data, errors } = await ask(1000);
    expect(errors[0]?.extensions).toMatchObject({ code: "REQUEST_TOO_COSTLY", value: 1001 });
    // The passes for the answer itself were within the limit.
    expect(data.classify.predictions[0]).toEqual({ rank: 1, heatmap: null });
  });
});

describe("classify with image.key", () => {
  const KEY = "query ($key: String!) { classify(image: { key: $key }) { answer { synset } } }";

  it("reads the image from the bucket IMAGES", async () => {
    const { data } = await query(KEY, { key: "photos/espresso.jpg" });
    expect(data.classify.answer.synset).toBe("n07920052");
  });

  it.each([
    ["an unknown key", "photos/none.jpg"],
    ["an empty key", ""],
    ["a key longer than R2 allows", "k".repeat(1025)],
    ["a key with ..", "../models/aliases.json"],
  ])("rejects %s with IMAGE_NOT_FOUND", async (_name, key) => {
    const { status, errors } = await query(KEY, { key });
    expect(status).toBe(404);
    expect(errors[0]?.extensions.code).toBe("IMAGE_NOT_FOUND");
  });

  it("rejects an image that is too large with IMAGE_TOO_LARGE", async () => {
    await env.IMAGES.put("large.jpg", new Uint8Array(2000));
    const { errors } = await makeApp({ MAX_IMAGE_BYTES: "1000" }).query(KEY, { key: "large.jpg" });
    expect(errors[0]?.extensions).toMatchObject({
      code: "IMAGE_TOO_LARGE",
      max: 1000,
      value: 2000,
    });
  });

  it("returns 501 IMAGE_SOURCE_DISABLED if no bucket is bound", async () => {
    const app = makeApp({}, { IMAGES: undefined as never });
    const { status, errors } = await app.query(KEY, { key: "photos/espresso.jpg" });
    expect(status).toBe(501);
    expect(errors[0]?.extensions.code).toBe("IMAGE_SOURCE_DISABLED");
  });
});

describe("classify with image.url", () => {
  it("returns 501 IMAGE_SOURCE_DISABLED if URL_ALLOWED_HOSTS is empty", async () => {
    const { status, errors } = await makeApp({ URL_ALLOWED_HOSTS: "" }).query(
      'query { classify(image: { url: "https://example.com/cat.jpg" }) { cached } }',
    );
    expect(status).toBe(501);
    expect(errors[0]?.extensions.code).toBe("IMAGE_SOURCE_DISABLED");
  });
});

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
