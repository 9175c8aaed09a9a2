/** A broken publish takes nothing down: what a name meant before answers, and the operator is told. */

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
const RESNET = "resnet18-in277";
/** What that network takes the espresso for, in test/golden as well. */
const CONSOMME = "n07584110";
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

describe("a name whose version is broken", () => {
  it.each<[what: string, breakIt: () => Promise<void>, reason: RegExp]>([
    [
      "a flipped byte",
      () => publishCopy(RESNET, NEW.version, { breakFile: true }),
      /SHA-256 is [0-9a-f]{64}, not/,
    ],
    ["no manifest", async () => {}, /manifest\.json.*does not have it/],
    [
      "another manifest",
      () => publishCopy(RESNET, NEW.version, { manifest: { schemaVersion: 9 } }),
      /schemaVersion/,
    ],
    [
      "classes that nobody knows",
      () =>
        publishCopy(RESNET, NEW.version, {
          manifest: { labels: { table: "imagenet1k", classes: ["n00000000", "n00000001"] } },
        }),
      /no class n00000000/,
    ],
    [
      "outputs that the graph does not have",
      () => publishCopy(RESNET, NEW.version, { manifest: { outputs: { logits: "nonesuch" } } }),
      /its manifest names/,
    ],
  ])("is answered by the one before: %s", async (_, breakIt, reason) => {
    await breakIt();
    const { status, errors, data } = await classify();
    expect(errors).toEqual([]);
    expect(status).toBe(200);
    expect(data.classify.model).toEqual({ id: RESNET, version: "1.0.0" });
    expect(data.classify.predictions[0]).toEqual({ synset: CONSOMME });
    const bad = {
      event: "model-bad",
      level: "warn",
      model: "resnet18-in277@1.1.0",
      alias: "default",
    };
    expect(app.log).toContainEqual(expect.objectContaining(bad));
    expect(app.log.find(({ event }) => event === "model-bad")?.reason).toMatch(reason);
    // The request's own line says what should have answered.
    expect(app.log.at(-1)).toMatchObject({ failedModels: ["resnet18-in277@1.1.0"] });

    const ready = await app.fetch("/v2/health/ready");
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      ready: true,
      model: { id: RESNET, version: "1.0.0" },
      warnings: [{ model: "resnet18-in277@1.1.0", alias: "default", code: "MODEL_UNAVAILABLE" }],
    });
  });

  it("is left alone for a while, and used once it is mended", async () => {
    // However long the requests take, the clock says how much time has passed.
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    await publishCopy(RESNET, NEW.version, { breakFile: true });
    app = makeApp({ ...SETTINGS, ALIASES_TTL_SECONDS: "30" });
    await classify();
    await publishCopy(RESNET, NEW.version);
    // Loaded anew with every request it would cost each of them the reading of the whole file.
    expect((await classify()).data.classify.model.version).toBe("1.0.0");
    vi.setSystemTime(Date.now() + 29_000);
    expect((await classify()).data.classify.model.version).toBe("1.0.0");
    vi.setSystemTime(Date.now() + 1_000);
    expect((await classify()).data.classify.model.version).toBe("1.1.0");
    expect(app.log).toContainEqual(
      expect.objectContaining({ event: "model-recovered", model: "resnet18-in277@1.1.0" }),
    );
    const ready = await app.fetch("/v2/health/ready");
    expect(await ready.json()).toMatchObject({ ready: true, warnings: [] });
  });

  it("is refused to those who spell it out", async () => {
    await publishCopy(RESNET, NEW.version, { breakFile: true });
    const { status, errors } = await classify({ model: "resnet18-in277@1.1.0" });
    expect(status).toBe(503);
    expect(errors[0]?.extensions.code).toBe("MODEL_UNAVAILABLE");
  });

  it("is passed over in the list of models, and named in the log", async () => {
    await publishCopy(RESNET, NEW.version, { manifest: { schemaVersion: 9 } });
    const { data, errors } = await app.query("{ models { id version } }");
    expect(errors).toEqual([]);
    expect(data.models).toHaveLength(2);
    expect(app.log.find(({ event }) => event === "background-failure")?.reason).toMatch(
      /resnet18-in277\/1\.1\.0\/manifest\.json/,
    );
  });

  it("refuses where nothing that it meant before can answer either", async () => {
    await env.MODELS.delete(versionFileKey({ id: RESNET, version: "1.0.0" }, "int8.onnx"));
    const { status, errors } = await classify();
    expect(status).toBe(503);
    expect(errors[0]?.message).toMatch(/1\.1\.0\/manifest\.json/);
    expect((await app.fetch("/v2/health/ready")).status).toBe(503);
  });

  it("walks back past a version that was removed", async () => {
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

  it("is answered by the other arm, also for the callers of the broken one", async () => {
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
