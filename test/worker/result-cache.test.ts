import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { PURGES_KEY } from "../../src/models/purges.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!, $topK: Int, $model: String) {
  classify(image: { upload: $image }, topK: $topK, model: $model) {
    cached predictions { id confidence heatmap(size: 32) } embedding receipt
  }
}`;

let photo: Uint8Array<ArrayBuffer>;
let app: TestApp;

beforeEach(async () => {
  await seedBucket();
  await env.MODELS.delete(PURGES_KEY);
  // Each test has its own image: bytes after the end of a JPEG do not change its pixels.
  const bytes = await readRepoFile("examples/espresso.jpg");
  photo = new Uint8Array([...bytes, ...crypto.getRandomValues(new Uint8Array(8))]);
  app = makeApp({ RESULT_CACHE_SECONDS: "60" });
});

const ask = async (variables = {}, headers = {}) => {
  const { data, errors } = await app.upload(CLASSIFY, photo, { variables, headers });
  expect(errors).toEqual([]);
  return data.classify;
};

describe("the result cache", () => {
  it("returns the same result as the first pass, including heat map and embedding", async () => {
    const { cached: first, ...computed } = await ask();
    const { cached: second, ...fromCache } = await ask();
    expect([first, second]).toEqual([false, true]);
    expect(fromCache).toEqual(computed);
  });

  it("applies to queries with other parameters, but not to another model", async () => {
    await ask();
    const five = await ask({ topK: 5 });
    expect(five.cached).toBe(true);
    expect(five.predictions).toHaveLength(5);
    expect((await ask({ model: "resnet18" })).cached).toBe(false);
  });

  it("is neither read nor written with Cache-Control: no-store", async () => {
    const noStore = { "cache-control": "no-store" };
    expect((await ask({}, noStore)).cached).toBe(false);
    expect((await ask()).cached).toBe(false);
    expect((await ask({}, noStore)).cached).toBe(false);
    expect((await ask()).cached).toBe(true);
  });

  it("drops the results of a version when that version is purged, not when another one is", async () => {
    await ask();
    await env.MODELS.put(PURGES_KEY, JSON.stringify({ "resnet18@1.0.0": 1 }));
    expect((await ask()).cached).toBe(true);
    await env.MODELS.put(PURGES_KEY, JSON.stringify({ "efficientnet-lite0@1.1.0": 1 }));
    expect((await ask()).cached).toBe(false);
    expect((await ask()).cached).toBe(true);
  });

  it("is not used for an image that exceeds a stricter limit", async () => {
    await ask();
    app = makeApp({ RESULT_CACHE_SECONDS: "60", MAX_IMAGE_PIXELS: "1000" });
    const { errors } = await app.upload(CLASSIFY, photo);
    expect(errors[0]?.extensions.code).toBe("IMAGE_TOO_LARGE");
  });

  it("is not used if purges.json cannot be read", async () => {
    await env.MODELS.put(PURGES_KEY, "{");
    expect((await ask()).cached).toBe(false);
    expect((await ask()).cached).toBe(false);
  });

  it("is disabled if RESULT_CACHE_SECONDS is 0", async () => {
    app = makeApp({ RESULT_CACHE_SECONDS: "0" });
    await ask();
    expect((await ask()).cached).toBe(false);
  });
});

it("a receipt lists everything needed to reproduce the answer", async () => {
  const { receipt, predictions } = await ask({ topK: 2 });
  expect(receipt).toMatchObject({
    schemaVersion: 2,
    imageDecoder: "wasm",
    models: [
      {
        id: "efficientnet-lite0",
        version: "1.1.0",
        sha256: "7a2c38764950778e32f2400ea88b5efe1b0e257b130b415843e39c5f567a417f",
      },
    ],
    parameters: { topK: 2, threshold: null },
  });
  expect(receipt.imageSha256).toMatch(/^[0-9a-f]{64}$/);
  expect(receipt.predictions).toEqual(
    predictions.map(({ id, confidence }: { id: string; confidence: number }) => ({
      id,
      confidence,
    })),
  );
});
