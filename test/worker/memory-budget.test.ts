/** The heap of an engine never shrinks: at its limit, no new models are loaded, and loaded ones still answer. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import { makeApp } from "./support/make-app.ts";
import { putAliases } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { DEFAULT_LITERT_KEY, seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!, $model: String) {
  classify(image: { upload: $image }, model: $model) { answer { synset } model { id } }
}`;

beforeAll(seedBucket);

it("a model that does not fit into the heap gets MODEL_BUDGET, and other models still answer", async () => {
  // With either engine, EfficientNet-Lite0 needs 24 to 32 MB by estimate, and ResNet-18 44 MB.
  const app = makeApp({ MODEL_HEAP_BYTES: "40000000" });
  const photo = await readRepoFile("examples/espresso.jpg");
  const ask = (model: string) => app.upload(CLASSIFY, photo, { variables: { model } });
  const get = vi.spyOn(env.MODELS, "get");
  expect((await ask("efficientnet-lite0@1.1.0")).status).toBe(200);
  const { status, headers, errors } = await ask("resnet18");
  expect(status).toBe(503);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  expect(errors[0]?.extensions).toMatchObject({ code: "MODEL_BUDGET", budgetBytes: 40_000_000 });
  expect(errors[0]?.message).toContain("resnet18@1.0.0");
  expect(errors[0]?.message).toContain("MODEL_HEAP_BYTES");
  expect((await ask("efficientnet-lite0@1.1.0")).status).toBe(200);
  // The loaded model was not released.
  expect(get.mock.calls.filter(([key]) => key === DEFAULT_LITERT_KEY)).toHaveLength(1);
});

it("the previous version of an alias answers if there is no memory for the new one", async () => {
  const before = { model: "efficientnet-lite0", version: "1.1.0" };
  const after = { model: "resnet18", version: "1.0.0" };
  const change = { at: "2026-01-01T00:00:00Z", by: "test", action: "promote" as const };
  await putAliases({
    aliases: { default: after },
    history: [{ ...change, name: "default", before, after }],
  });
  const app = makeApp({ MODEL_MEMORY_BYTES: "8000000" });
  const { data, errors } = await app.upload(CLASSIFY, await readRepoFile("examples/espresso.jpg"));
  expect(errors).toEqual([]);
  expect(data.classify).toEqual({
    answer: { synset: "n07920052" },
    model: { id: "efficientnet-lite0" },
  });
  expect(app.log).toContainEqual(
    expect.objectContaining({ event: "model-bad", code: "MODEL_BUDGET" }),
  );
});
