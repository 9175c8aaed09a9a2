/** Two versions of the default model in one isolate, with the memory limits of a deployment. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { versionFileKey } from "../../src/models/version-ref.ts";
import { makeApp } from "./support/make-app.ts";
import { publishCopy, putAliases } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!, $model: String) {
  classify(image: { upload: $image }, model: $model) { model { id version } }
}`;
const ID = "efficientnet-lite0";
const { modelLimits } = parseConfig({});

beforeAll(async () => {
  await seedBucket();
  await publishCopy(ID, "1.2.0");
  const arm = (version: string) => ({ model: ID, version, weight: 1 });
  await putAliases({ aliases: { default: [arm("1.1.0"), arm("1.2.0")] } });
});

it("both arms of a split stay loaded, and a third model replaces the least recently used one", async () => {
  const get = vi.spyOn(env.MODELS, "get");
  const loads = (id: string, version: string) =>
    get.mock.calls.filter(([key]) => key === versionFileKey({ id, version }, "model.tflite"))
      .length;
  const app = makeApp({ MODEL_HEAP_BYTES: String(modelLimits.heapBytes) });
  const photo = await readRepoFile("examples/espresso.jpg");
  const ask = async (client: string, model?: string) => {
    const { data, errors } = await app.upload(CLASSIFY, photo, {
      headers: { "x-client-id": client },
      ...(model === undefined ? {} : { variables: { model } }),
    });
    expect(errors).toEqual([]);
    return data.classify.model as { id: string; version: string };
  };
  const answered = new Set<string>();
  for (let i = 0; i < 12; i++) answered.add((await ask(`client ${i}`)).version);
  expect(answered).toEqual(new Set(["1.1.0", "1.2.0"]));
  expect(app.log.filter(({ event }) => event === "model-bad")).toEqual([]);
  expect([loads(ID, "1.1.0"), loads(ID, "1.2.0")]).toEqual([1, 1]);

  await ask("", `${ID}@1.1.0`);
  expect(await ask("", "resnet18@1.0.0")).toMatchObject({ id: "resnet18" });
  await ask("", `${ID}@1.1.0`);
  await ask("", `${ID}@1.2.0`);
  expect([loads(ID, "1.1.0"), loads(ID, "1.2.0")]).toEqual([1, 2]);
});
