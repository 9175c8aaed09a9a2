/** Files that were written before classes had ids. */
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { publishCopy } from "./support/publish.ts";
import { readRepoFile, readRepoJson } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const RESNET = "resnet18-in277";

let app: TestApp;

beforeAll(async () => {
  await seedBucket();
  const { labels } = await readRepoJson<ModelManifest>(`models/${RESNET}/manifest.json`);
  await publishCopy(RESNET, "0.9.0", {
    manifest: {
      schemaVersion: 1,
      labels: { table: "imagenet1k", synsets: labels.classes, map: "old" },
    },
  });
  await env.MODELS.put("label-maps/old.json", JSON.stringify({ n01443537: { en: "Goldie" } }));
  app = makeApp({ RESULT_CACHE_SECONDS: "0" });
});

afterAll(seedBucket);

describe("a manifest of version 1", () => {
  it("answers as one of version 2 does", async () => {
    const ask = async (version: string) => {
      const { data, errors } = await app.upload(
        `query ($image: File!) {
          classify(image: { upload: $image }, model: "${RESNET}@${version}") {
            predictions { id synset label confidence ancestors { id synset } }
          }
        }`,
        await readRepoFile("examples/espresso.jpg"),
      );
      expect(errors).toEqual([]);
      return data.classify.predictions;
    };
    const old = await ask("0.9.0");
    expect(old).toEqual(await ask("1.0.0"));
    expect(old[0].id).toBe(old[0].synset);
  });

  it("keeps its label map, by synset", async () => {
    const { data } = await app.query(
      `{ labels(model: "${RESNET}@0.9.0", first: 1) { totalCount nodes { id synset label } } }`,
    );
    expect(data.labels).toEqual({
      totalCount: 277,
      nodes: [{ id: "n01443537", synset: "n01443537", label: "Goldie" }],
    });
  });
});
