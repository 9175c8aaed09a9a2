/** Two versions that share a name, in the real bucket. */
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const arm = (model: string, weight: number) => ({ model, version: "1.0.0", weight });
const CLASSIFY = `query ($image: File!, $topK: Int, $models: [String!]) {
  classify(image: { upload: $image }, topK: $topK, models: $models) { model { id aliases } }
}`;

let app: TestApp;
let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  photo = await readRepoFile("examples/espresso.jpg");
  await env.MODELS.put(
    "aliases.json",
    JSON.stringify({
      schemaVersion: 1,
      aliases: {
        default: [arm("efficientnet-lite0", 1), arm("resnet18-in277", 1)],
        resnet18: { model: "resnet18-in277", version: "1.0.0" },
      },
    }),
  );
  app = makeApp({ RESULT_CACHE_SECONDS: "0" });
});

afterAll(seedBucket);

const ask = (client?: string, variables: Record<string, unknown> = {}) =>
  app.upload(CLASSIFY, photo, {
    variables,
    headers: client === undefined ? {} : { "x-client-id": client },
  });

describe("a name that two versions share", () => {
  it("gives each caller one of them, always the same, and says which", async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const [first, again] = [await ask(`client ${i}`), await ask(`client ${i}`)];
      expect(first.errors).toEqual([]);
      expect(again.data.classify.model).toEqual(first.data.classify.model);
      seen.add(first.data.classify.model.id);
      expect(first.data.classify.model.aliases).toContain("default");
    }
    expect([...seen].sort()).toEqual(["efficientnet-lite0", "resnet18-in277"]);
  });

  it("goes by the photo where the caller does not say who it is", async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await ask()).data.classify.model.id));
    expect(new Set(ids).size).toBe(1);
  });

  it("takes no more predictions than its smallest version has classes", async () => {
    const { errors } = await ask(undefined, { topK: 278 });
    expect(errors[0]?.extensions).toMatchObject({ argument: "topK", max: 277 });
  });

  it("cannot be in an ensemble with one of them", async () => {
    const { errors } = await ask(undefined, { models: ["default", "resnet18"] });
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "models" });
  });

  it.each([
    ["without arms", []],
    ["with a weight of 0", [arm("resnet18-in277", 0)]],
    ["with too many", Array.from({ length: 9 }, () => arm("resnet18-in277", 1))],
  ])("is refused %s", async (_, value) => {
    const aliases = { schemaVersion: 1, aliases: { default: value } };
    await env.MODELS.put("aliases.json", JSON.stringify(aliases));
    const { status, errors } = await ask();
    expect(status).toBe(503);
    expect(errors[0]?.extensions).toMatchObject({
      code: "MODEL_UNAVAILABLE",
      key: "aliases.json",
    });
  });
});
