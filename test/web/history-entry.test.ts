import { describe, expect, it } from "vitest";
import type { Classified } from "../../web/src/api/classify-photo.ts";
import { makeHistoryEntry } from "../../web/src/history-entry.ts";

const PHOTO = { kind: "URL", url: "https://example.com/scan.jpg" } as const;
const INVOICE = {
  kind: "CLASS",
  id: "invoice",
  synset: null,
  en: "Invoice",
  zh: "发票",
  confidence: 0.5,
} as const;
const model = {
  id: "documents",
  version: "1.0.0",
  engine: "LITERT" as const,
  architecture: "ResNet-18",
  recommendedThreshold: 0.1,
  classes: 1000,
};
const CLASSIFIED: Classified = {
  answer: INVOICE,
  answers: [INVOICE],
  predictions: [],
  votes: [
    { model, prediction: INVOICE },
    { model: { ...model, version: "1.1.0" }, prediction: INVOICE },
  ],
  regions: [],
  cached: false,
  receipt: {},
};

describe("makeHistoryEntry", () => {
  it("keeps the id of a class without a synset", async () => {
    expect(await makeHistoryEntry(PHOTO, { classified: CLASSIFIED }, undefined)).toMatchObject({
      name: PHOTO.url,
      thumbnail: undefined,
      models: "documents@1.0.0 + documents@1.1.0",
      id: "invoice",
      synset: "",
      en: "Invoice",
      zh: "发票",
      confidence: 0.5,
    });
  });

  it("has no confidence if the answer is not sure", async () => {
    expect(await makeHistoryEntry(PHOTO, { classified: CLASSIFIED }, 0.9)).toMatchObject({
      id: "",
      synset: "",
      kind: "UNKNOWN",
      en: "Not sure",
      confidence: undefined,
      threshold: 0.9,
    });
  });
});
