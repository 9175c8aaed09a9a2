import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { manifestSchema } from "../../src/models/manifest.ts";
import { readEmbeddedManifest } from "../../tools/embedded-models.ts";
import { manifestJsonSchema } from "../../tools/manifest-json-schema.ts";

const lite0 = await readEmbeddedManifest("efficientnet-lite0");

describe("manifestSchema", () => {
  it("accepts the embedded manifests", async () => {
    expect(lite0.preprocess.crop).toBe(224);
    expect((await readEmbeddedManifest("resnet18-in277")).labels.synsets).toHaveLength(277);
  });

  it.each<[string, object]>([
    ["an unknown field", { surprise: 1 }],
    ["another schema version", { schemaVersion: 2 }],
    ["an id that is no path segment", { id: "../etc" }],
    ["a version that is none", { version: "latest" }],
    [
      "a file outside the folder",
      { files: { model: { ...lite0.files.model, path: "../x.onnx" } } },
    ],
    ["a hash that is none", { files: { model: { ...lite0.files.model, sha256: "abc" } } }],
    ["a crop larger than the image", { preprocess: { ...lite0.preprocess, crop: 300 } }],
    ["a standard deviation of 0", { preprocess: { ...lite0.preprocess, std: [0, 1, 1] } }],
    ["an input of another size", { input: { ...lite0.input, shape: [1, 3, 128, 128] } }],
    ["a class twice", { labels: { table: "imagenet1k", synsets: ["n01440764", "n01440764"] } }],
    ["a threshold of 2", { recommendedThreshold: 2 }],
  ])("refuses %s", (_name, change) => {
    expect(manifestSchema.safeParse({ ...lite0, ...change }).success).toBe(false);
  });
});

it("models/manifest.schema.json is what src/models/manifest.ts says (else: npm run schema)", async () => {
  const printed = await readFile(
    new URL("../../models/manifest.schema.json", import.meta.url),
    "utf8",
  );
  expect(JSON.parse(printed)).toEqual(manifestJsonSchema());
});
