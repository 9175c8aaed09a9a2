import { describe, expect, it } from "vitest";
import { receiptSchema } from "../../src/models/receipt.ts";

const HASH = "0".repeat(64);
/** A receipt of version 1, in which classes had no ids. */
const OLD = {
  schemaVersion: 1,
  imageSha256: HASH,
  imageDecoder: "wasm",
  models: [{ id: "resnet18", version: "1.0.0", sha256: HASH, preprocessSha256: HASH }],
  parameters: { topK: 3, threshold: null },
  predictions: [{ synset: "n02123045", confidence: 0.5 }],
};

describe("receiptSchema", () => {
  it("upgrades a receipt of version 1, whose synsets become class ids", () => {
    expect(receiptSchema.parse(OLD)).toEqual({
      ...OLD,
      schemaVersion: 2,
      predictions: [{ id: "n02123045", confidence: 0.5 }],
    });
  });

  it("has the framing only if it is not that of the manifest", () => {
    const parameters = { topK: 3, threshold: null };
    expect(receiptSchema.parse(OLD).parameters).toEqual(parameters);
    const framed = { ...OLD, parameters: { ...parameters, framing: "TILES" } };
    expect(receiptSchema.parse(framed).parameters.framing).toBe("TILES");
  });

  it("takes the engine if it is named, and has none if it was made before there was a choice", () => {
    const [model] = OLD.models;
    expect(receiptSchema.parse(OLD).models[0]?.engine).toBeUndefined();
    const ran = { ...model, engine: "litert", engineFileSha256: HASH };
    expect(receiptSchema.parse({ ...OLD, models: [ran] }).models).toEqual([ran]);
  });

  it.each<[what: string, change: object]>([
    ["an unknown engine", { models: [{ ...OLD.models[0], engine: "tensorflow" }] }],
    ["an unknown framing", { parameters: { ...OLD.parameters, framing: "HALF" } }],
    ["a later schema version", { schemaVersion: 3 }],
    ["a prediction without a class", { predictions: [{ confidence: 1 }] }],
    ["an unknown member", { surprise: 1 }],
  ])("rejects %s", (_what, change) => {
    expect(receiptSchema.safeParse({ ...OLD, ...change }).success).toBe(false);
  });
});
