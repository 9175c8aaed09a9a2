/** A bucket without usable content: 503, a reason, and recovery by itself once it is mended. */

import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { versionFileKey } from "../../src/models/version-ref.ts";

import { fetchWorker, type GraphqlResponse, query, upload } from "./support/graphql.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { DEFAULT_MODEL_KEY, seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!, $model: String) {
  classify(image: { upload: $image }, model: $model) { answer { synset } }
}`;
const SMALL_MODEL_KEY = versionFileKey({ id: "resnet18-in277", version: "1.0.0" }, "int8.onnx");

async function classify(model?: string): Promise<GraphqlResponse> {
  return upload(CLASSIFY, await readRepoFile("examples/espresso.jpg"), { model });
}

function expectUnavailable({ status, headers, data, errors }: GraphqlResponse, reason: RegExp) {
  expect(status).toBe(503);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  expect(data).toBeNull();
  expect(errors[0]?.extensions.code).toBe("MODEL_UNAVAILABLE");
  expect(errors[0]?.message).toMatch(reason);
  expect(JSON.stringify(errors)).not.toMatch(/stack|\.ts:\d+/);
}

async function flipByte(key: string): Promise<void> {
  const bytes = await (await env.MODELS.get(key))?.bytes();
  if (!bytes) throw new Error(`${key} is missing.`);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  await env.MODELS.put(key, bytes);
}

describe("a bucket without usable content", () => {
  // In order: the isolate stays cold for the default model until the last step.
  beforeEach(seedBucket);

  it("empty: 503, and not ready", async () => {
    const { objects } = await env.MODELS.list();
    await env.MODELS.delete(objects.map(({ key }) => key));
    expectUnavailable(await classify(), /aliases\.json.*does not have it/);
    expectUnavailable(await query("{ models { id } }"), /aliases\.json/);
    const ready = await fetchWorker("/v2/health/ready");
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ ready: false, code: "MODEL_UNAVAILABLE" });
    expect((await fetchWorker("/v2/health/live")).status).toBe(200);
  });

  it.each([
    ["aliases.json is not JSON", "aliases.json", "{", /not JSON/],
    ["aliases.json has another form", "aliases.json", "{}", /schemaVersion/],
    ["no default alias", "aliases.json", '{"schemaVersion":1,"aliases":{}}', /no alias "default"/],
    [
      "the alias points at nothing",
      "aliases.json",
      '{"schemaVersion":1,"aliases":{"default":{"model":"nonesuch","version":"1.0.0"}}}',
      /models\/nonesuch\/1\.0\.0\/manifest\.json/,
    ],
  ])("%s", async (_name, key, content, reason) => {
    await env.MODELS.put(key, content);
    expectUnavailable(await classify(), reason);
  });

  it("the manifest lacks a field", async () => {
    const key = versionFileKey({ id: "efficientnet-lite0", version: "1.0.0" }, "manifest.json");
    await env.MODELS.put(key, '{"schemaVersion":1}');
    expectUnavailable(await classify(), /manifest\.json/);
  });

  it("the model file is missing", async () => {
    await env.MODELS.delete(DEFAULT_MODEL_KEY);
    expectUnavailable(await classify(), /int8\.onnx.*does not have it/);
  });

  it("one byte of the model file is flipped: both hashes are named", async () => {
    await flipByte(DEFAULT_MODEL_KEY);
    expectUnavailable(await classify(), /SHA-256 is [0-9a-f]{64}, not 2a9ccd57[0-9a-f]{56}/);
  });

  it("the model file is cut short", async () => {
    const bytes = await readRepoFile("models/efficientnet-lite0/int8.onnx");
    await env.MODELS.put(DEFAULT_MODEL_KEY, bytes.slice(0, 1000));
    expectUnavailable(await classify(), /1000 bytes, not 6328124/);
  });

  it("a broken model takes no other model down", async () => {
    await flipByte(SMALL_MODEL_KEY);
    expectUnavailable(await classify("resnet18"), /SHA-256/);
    const { status, data } = await classify();
    expect(status).toBe(200);
    expect(data.classify.answer.synset).toBe("n07920052");
  });

  it("answers again once the bucket is mended, in the same isolate", async () => {
    const { status } = await classify("resnet18");
    expect(status).toBe(200);
    const ready = await fetchWorker("/v2/health/ready");
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      ready: true,
      model: { id: "efficientnet-lite0", version: "1.0.0" },
      warnings: [],
    });
  });
});
