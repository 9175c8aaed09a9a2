/** A bucket without usable content causes 503 with a reason, and the Worker recovers once it is repaired. */
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { versionFileKey } from "../../src/models/version-ref.ts";
import type { GraphqlResponse } from "./support/graphql.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { DEFAULT_LITERT_KEY, DEFAULT_MODEL_KEY, seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!, $model: String) {
  classify(image: { upload: $image }, model: $model) { answer { synset } }
}`;

let app: TestApp;

async function classify(model?: string): Promise<GraphqlResponse> {
  return app.upload(CLASSIFY, await readRepoFile("examples/espresso.jpg"), {
    variables: { model },
  });
}

/**
 * Checks that strangers learn nothing of the bucket, and that the log does.
 *
 * @param named - facts that the log must name
 */
function expectUnavailable(
  { status, headers, data, errors }: GraphqlResponse,
  ...named: readonly string[]
) {
  expect(status).toBe(503);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  expect(data).toBeNull();
  expect(errors[0]?.extensions).toEqual({ code: "MODEL_UNAVAILABLE" });
  const reason = app.log.findLast(({ event }) => event === "request-failed")?.reason;
  for (const fact of named) expect(reason).toContain(fact);
  expect(JSON.stringify(errors)).not.toMatch(
    /stack|\.ts:\d+|\.json|\.onnx|\.tflite|models\/|schema|[0-9a-f]{64}/,
  );
}

async function flipByte(key: string): Promise<void> {
  const bytes = await (await env.MODELS.get(key))?.bytes();
  if (!bytes) throw new Error(`${key} is missing.`);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
  await env.MODELS.put(key, bytes);
}

describe.each([
  { engine: "onnxruntime", modelKey: DEFAULT_MODEL_KEY },
  { engine: "litert", modelKey: DEFAULT_LITERT_KEY },
])("a bucket without usable content, with $engine", ({ engine, modelKey }) => {
  // The order matters: the isolate has not loaded the default model until the last tests.
  beforeAll(() => {
    app = makeApp({ ENGINE: engine });
  });
  beforeEach(seedBucket);

  it("causes 503 and a failing readiness check if it is empty", async () => {
    const { objects } = await env.MODELS.list();
    await env.MODELS.delete(objects.map(({ key }) => key));
    expectUnavailable(await classify(), "aliases.json");
    expectUnavailable(await app.query("{ models { id } }"), "aliases.json");
    const ready = await app.fetch("/v2/health/ready");
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ ready: false, code: "MODEL_UNAVAILABLE" });
    expect((await app.fetch("/v2/health/live")).status).toBe(200);
  });

  it.each([
    ["is not JSON", "{", "aliases.json", "JSON"],
    ["does not follow the schema", "{}", "aliases.json", "schemaVersion"],
    ["has no default alias", '{"schemaVersion":1,"aliases":{}}', "aliases.json", '"default"'],
    [
      "points the default alias to a missing version",
      '{"schemaVersion":1,"aliases":{"default":{"model":"nonesuch","version":"1.0.0"}}}',
      "models/nonesuch/1.0.0/manifest.json",
      "",
    ],
  ])("causes 503 if aliases.json %s", async (_name, content, key, named) => {
    await env.MODELS.put("aliases.json", content);
    expectUnavailable(await classify(), key, named);
  });

  it("causes 503 if the manifest lacks a field", async () => {
    const key = versionFileKey({ id: "efficientnet-lite0", version: "1.1.0" }, "manifest.json");
    await env.MODELS.put(key, '{"schemaVersion":1}');
    expectUnavailable(await classify(), key);
  });

  it("causes 503 if the model file is missing", async () => {
    await env.MODELS.delete(modelKey);
    expectUnavailable(await classify(), modelKey);
  });

  it("causes 503 that names both hashes if one byte of the model file is flipped", async () => {
    await flipByte(modelKey);
    expectUnavailable(await classify(), modelKey);
    const { reason } = app.log.findLast(({ event }) => event === "request-failed") ?? {};
    expect(String(reason).match(/\b[0-9a-f]{64}\b/g)).toHaveLength(2);
  });

  it("causes 503 that names both sizes if the model file is truncated", async () => {
    const { byteLength } = await readRepoFile(modelKey);
    await env.MODELS.put(modelKey, new Uint8Array(1000));
    expectUnavailable(await classify(), modelKey, "1000", String(byteLength));
  });

  it("does not affect other models if one model is broken", async () => {
    const other = modelKey.replace("efficientnet-lite0/1.1.0", "resnet18/1.0.0");
    await flipByte(other);
    expectUnavailable(await classify("resnet18"), other);
    const { status, data } = await classify();
    expect(status).toBe(200);
    expect(data.classify.answer.synset).toBe("n07920052");
  });

  it("works again in the same isolate once it is repaired", async () => {
    const { status } = await classify("resnet18");
    expect(status).toBe(200);
    const ready = await app.fetch("/v2/health/ready");
    expect(ready.status).toBe(200);
    expect(await ready.json()).toEqual({
      ready: true,
      model: { id: "efficientnet-lite0", version: "1.1.0" },
      warnings: [],
    });
  });
});
