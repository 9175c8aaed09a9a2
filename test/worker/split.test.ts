/** An alias that is split between two versions, in the real bucket. */
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import hierarchy from "../../models/labels/hierarchy.tsv";
import labelTable from "../../models/labels/imagenet1k.tsv";
import { type Env, parseConfig } from "../../src/config.ts";
import { createServices } from "../../src/create-services.ts";
import { workerPlatform } from "../../src/worker-platform.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { publishSmall, putAliases } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const arm = (model: string, weight: number) => ({
  model,
  version: model === "efficientnet-lite0" ? "1.1.0" : "1.0.0",
  weight,
});
const CLASSIFY = `query ($image: File!, $topK: Int, $models: [String!]) {
  classify(image: { upload: $image }, topK: $topK, models: $models) { model { id aliases } }
}`;

let app: TestApp;
let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  photo = await readRepoFile("examples/espresso.jpg");
  app = makeApp({ RESULT_CACHE_SECONDS: "0" });
});

afterAll(seedBucket);

const ask = (client?: string, variables: Record<string, unknown> = {}) =>
  app.upload(CLASSIFY, photo, {
    variables,
    headers: client === undefined ? {} : { "x-client-id": client },
  });

describe("a split of 90 to 10", () => {
  const REQUESTS = 10_000;

  it("divides 10,000 requests within one percentage point, and keeps each caller on one arm", async () => {
    const arms = [arm("efficientnet-lite0", 90), arm("resnet18", 10)];
    await putAliases({ aliases: { default: arms } });
    const config = parseConfig({ ALIASES_TTL_SECONDS: "30" });
    const { catalog, versions } = createServices(config, {
      ...workerPlatform,
      bucket: (env as Env).MODELS,
      labelTable,
      hierarchy,
      decoder: workerPlatform.imageDecoder,
      recordShadow: () => {},
      log: () => {},
    });
    const pick = async (caller: number) => {
      const candidates = await catalog.candidates(undefined);
      const used = await versions.use(
        candidates,
        `client ${caller}`,
        async ({ manifest }) => manifest.id,
      );
      return used.value;
    };
    let second = 0;
    for (let caller = 0; caller < REQUESTS; caller++) {
      const id = await pick(caller);
      if (id === "resnet18") second++;
      // Every tenth caller asks again.
      if (caller % 10 === 0) expect(await pick(caller)).toBe(id);
    }
    expect(Math.abs(second / REQUESTS - 0.1)).toBeLessThan(0.01);
  });
});

describe("a split", () => {
  beforeAll(() =>
    putAliases({
      aliases: {
        default: [arm("efficientnet-lite0", 1), arm("resnet18", 1)],
        resnet18: { model: "resnet18", version: "1.0.0" },
      },
    }),
  );

  it("always gives a caller the same arm, and returns which one it is", async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const [first, again] = [await ask(`client ${i}`), await ask(`client ${i}`)];
      expect(first.errors).toEqual([]);
      expect(again.data.classify.model).toEqual(first.data.classify.model);
      seen.add(first.data.classify.model.id);
      expect(first.data.classify.model.aliases).toContain("default");
    }
    expect([...seen].sort()).toEqual(["efficientnet-lite0", "resnet18"]);
  });

  it("depends on the photo if the request has no client id", async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await ask()).data.classify.model.id));
    expect(new Set(ids).size).toBe(1);
  });

  it("is rejected in an ensemble with one of its arms", async () => {
    const { errors } = await ask(undefined, { models: ["default", "resnet18"] });
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "models" });
  });

  it("rejects a topK above the number of classes of its smallest arm", async () => {
    await publishSmall();
    await putAliases({ aliases: { default: [arm("efficientnet-lite0", 1), arm("small", 1)] } });
    const { errors } = await ask(undefined, { topK: 6 });
    expect(errors[0]?.extensions).toMatchObject({ argument: "topK", max: 5 });
  });

  it.each([
    ["it has no arms", []],
    ["it has an arm with a weight of 0", [arm("resnet18", 0)]],
    ["it has nine arms", Array.from({ length: 9 }, () => arm("resnet18", 1))],
  ])("makes aliases.json unusable if %s", async (_, value) => {
    const aliases = { schemaVersion: 1, aliases: { default: value } };
    await env.MODELS.put("aliases.json", JSON.stringify(aliases));
    const { status, errors } = await ask();
    expect(status).toBe(503);
    expect(errors[0]?.extensions).toEqual({ code: "MODEL_UNAVAILABLE" });
  });
});
