/** A shadow runs after the response, and is compared with the version that answered. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { makeApp } from "./support/make-app.ts";
import { publishCopy, putAliases } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";
import { watchBucket } from "./support/watched-bucket.ts";

const CLASSIFY = `query ($image: File!) {
  classify(image: { upload: $image }) { model { id version } }
}`;
const ID = "efficientnet-lite0";
const CONTROL = { model: ID, version: "1.1.0" };
const NEW = { model: ID, version: "1.2.0" };
/** Milliseconds. On a busy machine, a shadow may have to load a model. */
const TIMEOUT_MS = 30_000;

type TestApp = ReturnType<typeof makeApp>;

beforeEach(seedBucket);

async function classify(
  app: TestApp,
  { photo = "espresso.jpg", headers = {} }: { photo?: string; headers?: HeadersInit } = {},
) {
  const bytes = await readRepoFile(`examples/${photo}`);
  const { data, errors } = await app.upload(CLASSIFY, bytes, { headers });
  expect(errors).toEqual([]);
  return data.classify.model as { id: string; version: string };
}

const outcomesOf = ({ log }: TestApp) => log.filter(({ event }) => event === "shadow");

describe("a shadow", () => {
  it("is compared after the response, and the comparison is logged", async () => {
    await publishCopy(ID, NEW.version);
    await putAliases({ aliases: { default: CONTROL }, shadows: { default: { ...NEW, share: 1 } } });
    const app = makeApp();
    expect(await classify(app)).toEqual({ id: ID, version: "1.1.0" });
    // The answer did not wait for the shadow.
    expect(outcomesOf(app)).toEqual([]);
    await vi.waitFor(() => expect(outcomesOf(app)).toHaveLength(1), TIMEOUT_MS);
    expect(outcomesOf(app)[0]).toMatchObject({
      level: "info",
      name: "default",
      model: "efficientnet-lite0@1.1.0",
      shadow: "efficientnet-lite0@1.2.0",
      ran: "shadow",
      engine: "litert",
      shadowEngine: "litert",
      agreed: true,
      confidence: expect.any(Number),
    });
  });

  it("can be run by another engine, which the comparison states", async () => {
    await publishCopy(ID, NEW.version, { withLitert: false });
    await putAliases({ aliases: { default: CONTROL }, shadows: { default: { ...NEW, share: 1 } } });
    const app = makeApp();
    await classify(app);
    await vi.waitFor(() => expect(outcomesOf(app)).toHaveLength(1), TIMEOUT_MS);
    expect(outcomesOf(app)[0]).toMatchObject({
      engine: "litert",
      shadowEngine: "onnxruntime",
      agreed: true,
    });
  });

  it("sees the same parts of the photo as the version that answered", async () => {
    await publishCopy(ID, NEW.version);
    await putAliases({ aliases: { default: CONTROL }, shadows: { default: { ...NEW, share: 1 } } });
    const app = makeApp();
    const { data } = await app.upload(
      `query ($image: File!) {
        classify(image: { upload: $image }, framing: TILES) { predictions { confidence } }
      }`,
      await readRepoFile("examples/cat.jpg"),
    );
    await vi.waitFor(() => expect(outcomesOf(app)).toHaveLength(1), TIMEOUT_MS);
    const [{ confidence }] = data.classify.predictions;
    // The shadow is a copy of the version that answered.
    expect(outcomesOf(app)[0]).toMatchObject({ confidence, shadowConfidence: confidence });
  });

  it("is recorded as a data point instead of a log line if a dataset is bound", async () => {
    await putAliases({
      aliases: { default: CONTROL },
      shadows: { default: { model: "resnet18", version: "1.0.0", share: 1 } },
    });
    const points: { blobs: string[]; doubles: number[] }[] = [];
    const ANALYTICS = { writeDataPoint: (point?: unknown) => void points.push(point as never) };
    const app = makeApp({}, { ANALYTICS });
    await classify(app, { photo: "rocket.jpg" });
    await vi.waitFor(() => expect(points).toHaveLength(2), TIMEOUT_MS);
    const point = points.find(({ blobs }) => blobs[0] === "shadow");
    expect(point).toEqual({
      indexes: ["resnet18@1.0.0"],
      blobs: [
        "shadow",
        "default",
        "efficientnet-lite0@1.1.0",
        "resnet18@1.0.0",
        "",
        "shadow",
        "litert",
        "litert",
      ],
      // ResNet-18 takes the rocket for an obelisk, so the two disagree.
      doubles: [0, expect.any(Number), expect.any(Number)],
    });
    expect(outcomesOf(app)).toEqual([]);
  });

  it("that fails is recorded with its error code and does not affect the answer", async () => {
    await publishCopy(ID, NEW.version, { breakFile: true });
    await putAliases({ aliases: { default: CONTROL }, shadows: { default: { ...NEW, share: 1 } } });
    const app = makeApp();
    await classify(app);
    await vi.waitFor(() => expect(outcomesOf(app)).toHaveLength(1), TIMEOUT_MS);
    expect(outcomesOf(app)[0]).toMatchObject({ code: "MODEL_UNAVAILABLE" });
    expect(outcomesOf(app)[0]).not.toHaveProperty("agreed");
  });

  it("that fails is not loaded again with every request, and readiness names it", async () => {
    await publishCopy(ID, NEW.version, { breakFile: true });
    await putAliases({ aliases: { default: CONTROL }, shadows: { default: { ...NEW, share: 1 } } });
    const { bucket, operations } = watchBucket();
    const app = makeApp({ ALIASES_TTL_SECONDS: "30" }, { MODELS: bucket as never });
    for (let i = 1; i <= 3; i++) {
      await classify(app);
      await vi.waitFor(() => expect(outcomesOf(app)).toHaveLength(i), TIMEOUT_MS);
      expect(outcomesOf(app)[i - 1]).toMatchObject({ code: "MODEL_UNAVAILABLE" });
    }
    for (const file of ["int8.onnx", "model.tflite"]) {
      const read = `get models/${ID}/${NEW.version}/${file}`;
      expect(operations.filter((operation) => operation === read)).toHaveLength(1);
    }
    const ready = await app.fetch("/v2/health/ready");
    expect(await ready.json()).toMatchObject({
      ready: true,
      warnings: [{ model: `${ID}@${NEW.version}` }],
    });
  });

  it("does not run if it does not fit into memory with the version that answers", async () => {
    await publishCopy(ID, NEW.version);
    await putAliases({ aliases: { default: CONTROL }, shadows: { default: { ...NEW, share: 1 } } });
    const app = makeApp({ MODEL_MEMORY_BYTES: "10000000" });
    await classify(app);
    await vi.waitFor(() => expect(outcomesOf(app)).toHaveLength(1), TIMEOUT_MS);
    expect(outcomesOf(app)[0]).toMatchObject({ code: "MODEL_BUDGET" });
    // The version alone would fit, so it is not bad.
    const ready = await app.fetch("/v2/health/ready");
    expect(await ready.json()).toMatchObject({ ready: true, warnings: [] });
  });

  it("is compared with another arm if it has answered itself", async () => {
    await publishCopy(ID, NEW.version);
    const arms = [
      { ...CONTROL, weight: 1 },
      { ...NEW, weight: 1 },
    ];
    await putAliases({ aliases: { default: arms }, shadows: { default: { ...NEW, share: 1 } } });
    const app = makeApp();
    const answeredBy = new Set<string>();
    for (let i = 0; answeredBy.size < 2 && i < 20; i++) {
      answeredBy.add((await classify(app, { headers: { "x-client-id": `client ${i}` } })).version);
      await vi.waitFor(() => expect(outcomesOf(app)).toHaveLength(i + 1), TIMEOUT_MS);
    }
    expect(answeredBy).toEqual(new Set(["1.1.0", "1.2.0"]));
    expect(new Set(outcomesOf(app).map(({ ran }) => ran))).toEqual(new Set(["model", "shadow"]));
    for (const outcome of outcomesOf(app)) {
      expect(outcome).toMatchObject({
        model: "efficientnet-lite0@1.1.0",
        shadow: "efficientnet-lite0@1.2.0",
        agreed: true,
      });
    }
  });

  it("runs for its share of the images", async () => {
    await publishCopy(ID, NEW.version);
    await putAliases({
      aliases: { default: CONTROL },
      shadows: { default: { ...NEW, share: 0.5 } },
    });
    const app = makeApp({ RESULT_CACHE_SECONDS: "60" });
    const random = vi.spyOn(Math, "random");
    const draws = [0.49, 0.5, 0.1, 0.9];
    for (const draw of draws) {
      random.mockReturnValue(draw);
      const before = outcomesOf(app).length;
      await classify(app);
      if (draw < 0.5)
        await vi.waitFor(() => expect(outcomesOf(app)).toHaveLength(before + 1), TIMEOUT_MS);
    }
    random.mockRestore();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(outcomesOf(app)).toHaveLength(2);
  });
});
