/** /v2/health/ready proves that the default model answers, at next to no cost. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ModelError } from "../../src/errors.ts";
import { NetworkLoader } from "../../src/registry/network-loader.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { DEFAULT_LITERT_KEY, DEFAULT_MODEL_KEY, seedBucket } from "./support/seed.ts";

const READY = { ready: true, model: { id: "efficientnet-lite0", version: "1.1.0" }, warnings: [] };
const CLASSIFY = "query ($image: File!) { classify(image: { upload: $image }) { cached } }";

beforeEach(seedBucket);

/** Counts the runs of networks. */
function countRuns() {
  const run = vi.spyOn(NetworkLoader.prototype, "run");
  onTestFinished(() => run.mockRestore());
  return run;
}

/** Makes the clock stand still until it is set. */
function stopClock() {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
}

async function ready(app: TestApp) {
  const response = await app.fetch("/v2/health/ready");
  return { status: response.status, body: await response.json() };
}

describe("GET /v2/health/ready", () => {
  it("runs the network once for any number of requests at once, and of requests after them", async () => {
    // Otherwise a slow machine could take longer than a request waits.
    stopClock();
    const run = countRuns();
    const app = makeApp();
    const answers = await Promise.all(Array.from({ length: 200 }, () => ready(app)));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toEqual(READY);
    }
    await ready(app);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("runs the network again when its outcome is some seconds old", async () => {
    stopClock();
    const run = countRuns();
    const app = makeApp();
    await ready(app);
    vi.setSystemTime(Date.now() + 4_000);
    await ready(app);
    expect(run).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + 2_000);
    await Promise.all([ready(app), ready(app)]);
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("does not run the network if a classification has just proved that it works", async () => {
    const app = makeApp({ RESULT_CACHE_SECONDS: "0" });
    const { status } = await app.upload(CLASSIFY, await readRepoFile("examples/cat.jpg"));
    expect(status).toBe(200);
    const run = countRuns();
    expect(await ready(app)).toEqual({ status: 200, body: READY });
    expect(run).not.toHaveBeenCalled();
  });

  it("remembers a failure too, until the model works again", async () => {
    const get = vi.spyOn(env.MODELS, "get");
    onTestFinished(() => get.mockRestore());
    await env.MODELS.delete([DEFAULT_MODEL_KEY, DEFAULT_LITERT_KEY]);
    const app = makeApp({ RESULT_CACHE_SECONDS: "0" });
    expect((await ready(app)).status).toBe(503);
    const reads = get.mock.calls.length;
    for (let i = 0; i < 10; i++) expect((await ready(app)).status).toBe(503);
    expect(get.mock.calls.length).toBe(reads);
    await seedBucket();
    await app.upload(CLASSIFY, await readRepoFile("examples/cat.jpg"));
    expect(await ready(app)).toEqual({ status: 200, body: READY });
  });

  it.each(["hardened", "open"])(
    "in the %s profile says that ONNX Runtime answers in the place of LiteRT, and stays ready",
    async (PROFILE) => {
      await env.MODELS.delete(DEFAULT_LITERT_KEY);
      const app = makeApp({ PROFILE });
      const { status, body } = await ready(app);
      expect(status).toBe(200);
      const warning = {
        engine: "litert",
        model: "efficientnet-lite0@1.1.0",
        code: "MODEL_UNAVAILABLE",
        since: expect.any(String),
      };
      const reason = expect.stringContaining("LiteRT cannot run this version");
      const expected = PROFILE === "open" ? { ...warning, reason } : warning;
      expect(body).toEqual({ ...READY, warnings: [expected] });
      expect(JSON.stringify(body)).not.toMatch(/tflite|models\//);
      expect(JSON.stringify(app.log)).toContain(DEFAULT_LITERT_KEY);
      await app.upload(CLASSIFY, await readRepoFile("examples/cat.jpg"));
      expect(app.log.filter(({ event }) => event === "engine-fallback")).toHaveLength(1);
    },
  );

  it("reports a failure that came after a success", async () => {
    const app = makeApp({ RESULT_CACHE_SECONDS: "0" });
    expect((await ready(app)).status).toBe(200);
    const run = countRuns();
    run.mockRejectedValue(new ModelError("MODEL_UNAVAILABLE", "The model key is broken."));
    stopClock();
    vi.setSystemTime(Date.now() + 6_000);
    expect((await ready(app)).status).toBe(503);
  });

  it.each(["hardened", "open"])(
    "in the %s profile tells only the log the keys of the bucket",
    async (PROFILE) => {
      await env.MODELS.delete([DEFAULT_MODEL_KEY, DEFAULT_LITERT_KEY]);
      const app = makeApp({ PROFILE, RESULT_CACHE_SECONDS: "0" });
      const { status, body } = await ready(app);
      expect(status).toBe(503);
      expect(body).toMatchObject({ ready: false, code: "MODEL_UNAVAILABLE" });
      const headers = { "graphql-require-preflight": "1" };
      const photo = await readRepoFile("examples/cat.jpg");
      const { errors } = await app.upload(CLASSIFY, photo, { headers });
      const shown = JSON.stringify([body, errors]);
      expect(shown).not.toMatch(/int8|\.onnx|\.tflite|models\/|aliases\.json/);
      expect(JSON.stringify(app.log)).toContain(DEFAULT_MODEL_KEY);
      expect(errors[0]?.extensions.code).toBe("MODEL_UNAVAILABLE");
    },
  );
});
