/** Files that were written before classes had ids. */
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SMALL_CLASSES } from "../support/small-model.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { publishSmall } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const [FIRST = ""] = SMALL_CLASSES;

let app: TestApp;

beforeAll(async () => {
  await seedBucket();
  await publishSmall();
  await publishSmall("0.9.0", {
    schemaVersion: 1,
    labels: { table: "imagenet1k", synsets: SMALL_CLASSES, map: "old" },
  });
  await env.MODELS.put("label-maps/old.json", JSON.stringify({ [FIRST]: { en: "Tom" } }));
  app = makeApp({ RESULT_CACHE_SECONDS: "0" });
});

afterAll(seedBucket);

describe("a manifest of version 1", () => {
  it("answers as one of version 2 does", async () => {
    const ask = async (version: string) => {
      const { data, errors } = await app.upload(
        `query ($image: File!) {
          classify(image: { upload: $image }, model: "small@${version}") {
            predictions { id synset confidence ancestors { id synset } }
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
      `{ labels(model: "small@0.9.0", first: 1) { totalCount nodes { id synset label } } }`,
    );
    expect(data.labels).toEqual({
      totalCount: SMALL_CLASSES.length,
      nodes: [{ id: FIRST, synset: FIRST, label: "Tom" }],
    });
  });
});
