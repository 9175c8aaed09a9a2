import { beforeAll, expect, it } from "vitest";
import { query } from "./support/graphql.ts";
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
  expect(lite0).toMatchObject({
    id: "efficientnet-lite0",
    version: "1.0.0",
    aliases: ["default", "efficientnet-lite0"],
    classes: 1000,
    inputSize: 224,
    bytes: 6_328_124,
    licence: "Apache-2.0",
    recommendedThreshold: 0.35,
  });
  expect(lite0.metrics).toContainEqual({
    dataset: "imagenette-val",
    name: "int8Top1",
    value: 69.25,
  });
  expect(resnet18).toMatchObject({ id: "resnet18-in277", classes: 277, inputSize: 84 });
  expect(resnet18.aliases).toContain("resnet18");
});
