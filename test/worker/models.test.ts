import { beforeAll, expect, it } from "vitest";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { query } from "./support/graphql.ts";
import { readRepoJson } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

beforeAll(seedBucket);

it("models lists every published version with the facts of its manifest", async () => {
  const { data } = await query(`{
    models {
      id version aliases architecture classes inputSize bytes sha256 licence source
      recommendedThreshold metrics { dataset name value }
    }
  }`);
  expect(data.models).toHaveLength(2);
  const [lite0, resnet18] = data.models;
  const manifest = await readRepoJson<ModelManifest>("models/efficientnet-lite0/manifest.json");
  expect(lite0).toMatchObject({
    id: "efficientnet-lite0",
    version: "1.1.0",
    aliases: ["default", "efficientnet-lite0"],
    classes: 1000,
    inputSize: 224,
    bytes: 6_116_429,
    licence: "Apache-2.0",
    recommendedThreshold: manifest.recommendedThreshold,
  });
  const [[dataset, figures] = ["", {}]] = Object.entries(manifest.metrics);
  const [[name, value] = ["", 0]] = Object.entries(figures);
  expect(value).toBeGreaterThan(0);
  expect(lite0.metrics).toContainEqual({ dataset, name, value });
  expect(resnet18).toMatchObject({ id: "resnet18", classes: 1000, inputSize: 224 });
  expect(resnet18.aliases).toContain("resnet18");
});
