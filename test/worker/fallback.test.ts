/** A broken publish causes no outage: an earlier version answers, and the failure is logged. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { versionFileKey } from "../../src/models/version-ref.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { publishCopy, putAliases } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!, $model: String) {
  classify(image: { upload: $image }, model: $model) { predictions { synset } model { id version } }
}`;
const RESNET = "resnet18";
const ESPRESSO = "n07920052";
const GOOD = { model: RESNET, version: "1.0.0" };
const NEW = { model: RESNET, version: "1.1.0" };
const PROMOTED = {
  at: "2026-01-01T00:00:00Z",
  by: "test",
  action: "promote" as const,
  name: "default",
  before: GOOD,
  after: NEW,
};

const SETTINGS = { LOG_REQUESTS: "true" };

let app: TestApp;

beforeEach(async () => {
  const { objects } = await env.MODELS.list();
  await env.MODELS.delete(objects.map(({ key }) => key));
  await seedBucket();
  await putAliases({ aliases: { default: NEW }, history: [PROMOTED] });
  app = makeApp(SETTINGS);
});

async function classify(options: { model?: string; client?: string } = {}) {
  const headers = options.client === undefined ? {} : { "x-client-id": options.client };
  const { model } = options;
  return app.upload(CLASSIFY, await readRepoFile("examples/espresso.jpg"), {
    headers,
    ...(model === undefined ? {} : { variables: { model } }),
  });
}

describe("an alias whose version is broken", () => {
  // Each reason has the same code, so the logged message must name the fact that differs.
  it.each<[what: string, breakIt: () => Promise<void>, reason: RegExp]>([
    [
      "a flipped byte",
      () => publishCopy(RESNET, NEW.version, { breakFile: true }),
      /SHA-256.*[0-9a-f]{64}/,
    ],
    ["a missing manifest", async () => {}, /manifest\.json/],
    [
      "a manifest of an unknown schema version",
      () => publishCopy(RESNET, NEW.version, { manifest: { schemaVersion: 9 } }),
      /schemaVersion/,
    ],
    [
      "classes that the label table lacks",
      () =>
        publishCopy(RESNET, NEW.version, {
          manifest: { labels: { table: "imagenet1k", classes: ["n00000000", "n00000001"] } },
        }),
      /n00000000/,
    ],
    [
      "outputs that the graph does not have",
      () => publishCopy(RESNET, NEW.version, { manifest: { outputs: { logits: "nonesuch" } } }),
      /nonesuch/,
    ],
  ])("is answered by its previous version in spite of %s", async (_, breakIt, reason) => {
    await breakIt();
    const { status, errors, data } = await classify();
    expect(errors).toEqual([]);
    expect(status).toBe(200);
    expect(data.classify.model).toEqual({ id: RESNET, version: "1.0.0" });
    expect(data.classify.predictions[0]).toEqual({ synset: ESPRESSO });
    const bad = {
      event: "model-bad",
      level: "warn",
      model: "resnet18@1.1.0",
      alias: "default",
    };
    expect(app.log).toContainEqual(expect.objectContaining(bad));
    expect(app.log.find(({ event }) => event === "model-bad")?.reason).toMatch(reason);
    // The log line of the request names the version that should have answered.
    expect(app.log.at(-1)).toMatchObject({ failedModels: ["resnet18@1.1.0"] });

    const ready = await app.fetch("/v2/health/ready");
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      ready: true,
      model: { id: RESNET, version: "1.0.0" },
      warnings: [{ model: "resnet18@1.1.0", alias: "default", code: "MODEL_UNAVAILABLE" }],
    });
  });

  it("retries the broken version after the TTL and uses it once it is repaired", async () => {
    // With a fake clock, it does not matter how long the requests take.
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    await publishCopy(RESNET, NEW.version, { breakFile: true });
    app = makeApp({ ...SETTINGS, ALIASES_TTL_SECONDS: "30" });
    await classify();
    await publishCopy(RESNET, NEW.version);
    // If every request tried the version again, each would have to read the whole file.
    expect((await classify()).data.classify.model.version).toBe("1.0.0");
    vi.setSystemTime(Date.now() + 29_000);
    expect((await classify()).data.classify.model.version).toBe("1.0.0");
    vi.setSystemTime(Date.now() + 1_000);
    expect((await classify()).data.classify.model.version).toBe("1.1.0");
    expect(app.log).toContainEqual(
      expect.objectContaining({ event: "model-recovered", model: "resnet18@1.1.0" }),
    );
    const ready = await app.fetch("/v2/health/ready");
    expect(await ready.json()).toMatchObject({ ready: true, warnings: [] });
  });

  it("returns 503 to callers who ask for the broken id@version", async () => {
    await publishCopy(RESNET, NEW.version, { breakFile: true });
    const { status, errors } = await classify({ model: "resnet18@1.1.0" });
    expect(status).toBe(503);
    expect(errors[0]?.extensions.code).toBe("MODEL_UNAVAILABLE");
  });

  it("omits the broken version from models and logs it", async () => {
    await publishCopy(RESNET, NEW.version, { manifest: { schemaVersion: 9 } });
    const { data, errors } = await app.query("{ models { id version } }");
    expect(errors).toEqual([]);
    expect(data.models).toHaveLength(2);
    expect(app.log.find(({ event }) => event === "background-failure")?.reason).toMatch(
      /resnet18\/1\.1\.0\/manifest\.json/,
    );
  });

  it("returns 503 if no earlier version works either", async () => {
    for (const file of ["int8.onnx", "model.tflite"]) {
      await env.MODELS.delete(versionFileKey({ id: RESNET, version: "1.0.0" }, file));
    }
    const { status, errors } = await classify();
    expect(status).toBe(503);
    expect(errors[0]?.extensions).toEqual({ code: "MODEL_UNAVAILABLE" });
    // The version that the alias stands for is what operators must repair.
    const key = versionFileKey({ id: RESNET, version: NEW.version }, "manifest.json");
    expect(app.log.find(({ event }) => event === "request-failed")?.reason).toContain(key);
    expect((await app.fetch("/v2/health/ready")).status).toBe(503);
  });

  it("skips removed versions when it falls back", async () => {
    const removed = { model: RESNET, version: "1.0.5" };
    await putAliases({
      aliases: { default: NEW },
      history: [
        { ...PROMOTED, after: removed },
        { ...PROMOTED, before: removed },
        { at: PROMOTED.at, by: "test", action: "remove", version: removed },
      ],
    });
    expect((await classify()).data.classify.model.version).toBe("1.0.0");
    expect(app.log.filter(({ event }) => event === "model-bad")).toHaveLength(1);
  });
});

describe("a split with a broken arm", () => {
  const arms = [
    { ...GOOD, weight: 1 },
    { ...NEW, weight: 1 },
  ];

  it("is answered by the other arm, including for the callers of the broken one", async () => {
    await publishCopy(RESNET, NEW.version);
    await putAliases({ aliases: { default: arms } });
    const clients = Array.from({ length: 12 }, (_, i) => `client ${i}`);
    const versions = async () => {
      const answers = [];
      for (const client of clients) answers.push((await classify({ client })).data.classify.model);
      return answers.map(({ version }) => version as string);
    };
    const before = await versions();
    expect(new Set(before)).toEqual(new Set(["1.0.0", "1.1.0"]));
    await publishCopy(RESNET, NEW.version, { breakFile: true });
    app = makeApp(SETTINGS);
    expect(new Set(await versions())).toEqual(new Set(["1.0.0"]));
    const failed = app.log.filter(({ failedModels }) => failedModels).length;
    expect(failed).toBe(before.filter((version) => version === "1.1.0").length);
  });
});
