/** Both engines answer in workerd, and every record says which one did. */
import { beforeEach, describe, expect, it } from "vitest";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { publishSmall } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!, $models: [String!], $class: ID = "n07920052") {
  classify(image: { upload: $image }, models: $models) {
    cached receipt model { engine } votes { model { id engine } } answer { synset confidence }
    explain(id: $class, size: 32) { heatmap model { engine } }
  }
}`;

let photo: Uint8Array<ArrayBuffer>;

beforeEach(async () => {
  await seedBucket();
  // Each test has its own image: bytes after the end of a JPEG do not change its pixels.
  const bytes = await readRepoFile("examples/espresso.jpg");
  photo = new Uint8Array([...bytes, ...crypto.getRandomValues(new Uint8Array(8))]);
});

async function ask(app: TestApp, variables: Record<string, unknown> = {}) {
  const { data, errors } = await app.upload(CLASSIFY, photo, { variables });
  expect(errors).toEqual([]);
  return data.classify;
}

describe("ENGINE", () => {
  it.each([
    [{}, "litert"],
    [{ ENGINE: "auto" }, "litert"],
    [{ ENGINE: "litert" }, "litert"],
    [{ ENGINE: "onnxruntime" }, "onnxruntime"],
  ])("%j runs the default model with %s, and every record says so", async (settings, engine) => {
    const app = makeApp({ ...settings, LOG_REQUESTS: "true" });
    const answered = await ask(app);
    const name = engine.toUpperCase();
    expect(answered.answer).toEqual({ synset: "n07920052", confidence: expect.any(Number) });
    expect(answered.answer.confidence).toBeGreaterThan(0.9);
    expect(answered.model).toEqual({ engine: name });
    expect(answered.votes).toEqual([{ model: { id: "efficientnet-lite0", engine: name } }]);
    expect(answered.explain.model).toEqual({ engine: name });
    expect(answered.receipt.models[0].engine).toBe(engine);
    expect(answered.receipt.models[0]).toEqual(
      engine === "litert"
        ? expect.objectContaining({ engineFileSha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
        : expect.not.objectContaining({ engineFileSha256: expect.anything() }),
    );
    const rest = await app.fetch("/classify", { method: "POST", body: photo });
    const body = await rest.json<{ model: object; votes: { model: object }[] }>();
    expect([body.model, body.votes[0]?.model]).toEqual([
      expect.objectContaining({ engine: name }),
      expect.objectContaining({ engine: name }),
    ]);
    const [line] = app.log.filter(({ event }) => event === "request");
    expect(line?.classifications).toEqual([expect.objectContaining({ engine })]);
    const metrics = (await (await app.fetch("/metrics")).text()).split("\n");
    const heapOf = (other: string) =>
      Number(
        metrics
          .find((text) => text.startsWith(`resnet_edge_engine_heap_bytes{engine="${other}"}`))
          ?.split(" ")[1],
      );
    expect(heapOf(engine)).toBeGreaterThan(10e6);
    expect(heapOf(engine === "litert" ? "onnxruntime" : "litert")).toBe(0);
  });

  it("does not take results of one engine from the cache for another one", async () => {
    const appWith = (ENGINE: "litert" | "onnxruntime") =>
      makeApp({ ENGINE, RESULT_CACHE_SECONDS: "60" });
    const first = await ask(appWith("litert"));
    const other = await ask(appWith("onnxruntime"));
    const again = await ask(appWith("litert"));
    expect([first.cached, other.cached, again.cached]).toEqual([false, false, true]);
    expect(again.receipt).toEqual(first.receipt);
    expect(other.model).toEqual({ engine: "ONNXRUNTIME" });
  });
});

it("a version without a file for LiteRT runs beside one that has it", async () => {
  await publishSmall();
  const app = makeApp();
  // Its classes are other ones, so the two are asked one after the other.
  const small = await ask(app, { models: ["small@1.0.0"] });
  const large = await ask(app);
  expect(small.model).toEqual({ engine: "ONNXRUNTIME" });
  expect(large.model).toEqual({ engine: "LITERT" });
});

it("models does not name an engine, because nothing was run", async () => {
  const { data } = await makeApp().query("{ models { id engine } }");
  expect(data.models).toContainEqual({ id: "efficientnet-lite0", engine: null });
});

it("an engine that does not start leaves the service ready, and answering", async () => {
  const litert = () => Promise.reject(new Error("no memory for the module"));
  const app = makeApp({}, {}, { litert });
  expect((await ask(app)).model).toEqual({ engine: "ONNXRUNTIME" });
  const ready = await app.fetch("/v2/health/ready");
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({
    ready: true,
    warnings: [{ engine: "litert", reason: expect.stringContaining("LiteRT does not start") }],
  });
  const [warning, ...others] = app.log.filter(({ event }) => event === "engine-fallback");
  expect(others).toEqual([]);
  expect(warning).toMatchObject({
    level: "warn",
    reason: expect.stringContaining("no memory for the module"),
    fix: expect.stringContaining('set ENGINE to "onnxruntime"'),
  });
});

it("an engine that the build does not have is CONFIG_INVALID", () => {
  expect(() => makeApp({ ENGINE: "litert" }, {}, { litert: undefined })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("ENGINE") }),
  );
});
