/** The built Worker: a broken version, its repair, and what strangers are told meanwhile. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openLocalStore } from "../../cli/buckets/local-store.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { versionFileKey } from "../../src/models/version-ref.ts";
import { makeSmallModel } from "../support/small-model.ts";
import { useLocalWorker } from "../support/use-local-worker.ts";

const ref = (version: string) => ({ id: "tiny", version });
const stored = (version: string) => ({ model: "tiny", version });
const manifestKey = (version: string) => versionFileKey(ref(version), "manifest.json");

/** What the bucket holds: 1.0.0 works, 2.0.0 loads but cannot run, and the manifest of 3.0.0 is missing. */
async function fill(configPath: string): Promise<void> {
  for (const version of ["1.0.0", "2.0.0", "3.0.0"]) {
    const { manifest, files } = await makeSmallModel(ref(version));
    for (const [path, bytes] of files) await put(configPath, versionFileKey(manifest, path), bytes);
    if (version !== "3.0.0") await putJson(configPath, manifestKey(version), manifest);
  }
  await putJson(configPath, manifestKey("2.0.0"), await withWrongCrop("2.0.0"));
  await putJson(configPath, "aliases.json", {
    schemaVersion: 1,
    aliases: { default: stored("2.0.0"), alone: stored("3.0.0") },
    history: [
      {
        at: "2026-01-01T00:00:00Z",
        by: "test",
        action: "promote",
        name: "default",
        before: stored("1.0.0"),
        after: stored("2.0.0"),
      },
    ],
  });
}

async function withWrongCrop(version: string): Promise<ModelManifest> {
  const { manifest } = await makeSmallModel(ref(version));
  return {
    ...manifest,
    preprocess: { ...manifest.preprocess, crop: 8 },
    input: { ...manifest.input, shape: [1, 3, 8, 8] },
  };
}

async function put(configPath: string, key: string, bytes: Uint8Array): Promise<void> {
  const store = await openLocalStore(configPath);
  const etag = (await store.get(key))?.etag;
  await store.put(key, bytes, etag === undefined ? { ifAbsent: true } : { ifMatch: etag });
  await store.close();
}

const putJson = (configPath: string, key: string, value: unknown) =>
  put(configPath, key, new TextEncoder().encode(JSON.stringify(value)));

describe("the built Worker", () => {
  const worker = useLocalWorker(async (configPath) => {
    await fill(configPath);
    return { settings: { ALIASES_TTL_SECONDS: "1", RESULT_CACHE_SECONDS: "0" } };
  });

  async function classify(query = "") {
    const body = await readFile(new URL("../../examples/cat.jpg", import.meta.url));
    const response = await fetch(new URL(`/classify${query}`, worker().url), {
      method: "POST",
      body,
    });
    const text = await response.text();
    const { model, errors } = JSON.parse(text);
    return {
      status: response.status,
      version: model?.version,
      code: errors?.[0].extensions.code,
      text,
    };
  }

  it("answers with the previous version if the present one cannot run", async () => {
    for (let i = 0; i < 3; i++)
      expect(await classify()).toMatchObject({ status: 200, version: "1.0.0" });
    const ready = await fetch(new URL("/v2/health/ready", worker().url));
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      model: ref("1.0.0"),
      warnings: [{ model: "tiny@2.0.0" }],
    });
  });

  it("answers 503 without bucket keys while a manifest is missing, and 200 once it is there", async () => {
    for (let i = 0; i < 3; i++) {
      const { status, code, text } = await classify("?model=alone");
      expect([status, code]).toEqual([503, "MODEL_UNAVAILABLE"]);
      expect(text).not.toMatch(/manifest|models\/|schema/);
    }
    const { manifest } = await makeSmallModel(ref("3.0.0"));
    await putJson(worker().configPath, manifestKey("3.0.0"), manifest);
    for (let i = 0; i < 3; i++) {
      expect(await classify("?model=alone")).toMatchObject({ status: 200, version: "3.0.0" });
    }
  });
});
