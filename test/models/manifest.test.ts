import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { answerThreshold, manifestSchema } from "../../src/models/manifest.ts";
import { readEmbeddedManifest } from "../../tools/embedded-models.ts";
import { manifestJsonSchema } from "../../tools/manifest-json-schema.ts";

const lite0 = await readEmbeddedManifest("efficientnet-lite0");

/** A manifest of version 1, in which classes had no ids. */
const old = (labels: object) => ({ ...lite0, schemaVersion: 1, labels });

describe("manifestSchema", () => {
  it("upgrades a manifest of version 1", () => {
    const synsets = ["n01440764", "n01443537"];
    const { schemaVersion, labels } = manifestSchema.parse(
      old({ table: "imagenet1k", synsets, map: "shop" }),
    );
    expect(schemaVersion).toBe(2);
    expect(labels).toEqual({ table: "imagenet1k", classes: synsets, map: "shop" });
    expect(manifestSchema.parse(old({ table: "imagenet1k" })).labels).toEqual({
      table: "imagenet1k",
    });
  });

  it("accepts class thresholds, which answerThreshold finds by any id", () => {
    const manifest = manifestSchema.parse({
      ...lite0,
      recommendedThreshold: 0.4,
      calibration: { dataset: "x", images: 1, temperature: 1, classThresholds: { invoice: 0.9 } },
    });
    expect(answerThreshold(manifest, "invoice")).toBe(0.9);
    expect(answerThreshold(manifest, "constructor")).toBe(0.4);
  });

  it("accepts the embedded manifests", async () => {
    expect(lite0.preprocess.crop).toBe(224);
    expect((await readEmbeddedManifest("resnet18")).labels).toEqual({ table: "imagenet1k" });
  });

  it.each<[string, object]>([
    ["an unknown field", { surprise: 1 }],
    ["a later schema version", { schemaVersion: 3 }],
    ["an id that is not a path segment", { id: "../etc" }],
    ["a version that is not a semantic version", { version: "latest" }],
    [
      "a file outside the folder",
      { files: { model: { ...lite0.files.model, path: "../x.onnx" } } },
    ],
    ["a hash that is not a SHA-256", { files: { model: { ...lite0.files.model, sha256: "abc" } } }],
    ["a crop larger than the resized image", { preprocess: { ...lite0.preprocess, crop: 300 } }],
    ["a standard deviation of 0", { preprocess: { ...lite0.preprocess, std: [0, 1, 1] } }],
    ["an input of another size", { input: { ...lite0.input, shape: [1, 3, 128, 128] } }],
    ["a duplicate class", { labels: { table: "imagenet1k", classes: ["n01440764", "n01440764"] } }],
    ["a threshold of 2", { recommendedThreshold: 2 }],
  ])("rejects %s", (_name, change) => {
    expect(manifestSchema.safeParse({ ...lite0, ...change }).success).toBe(false);
  });
});

it("models/manifest.schema.json matches src/models/manifest.ts (to update it: npm run schema)", async () => {
  const printed = await readFile(
    new URL("../../models/manifest.schema.json", import.meta.url),
    "utf8",
  );
  expect(JSON.parse(printed)).toEqual(manifestJsonSchema());
});
