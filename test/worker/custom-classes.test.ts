/** A model whose classes are not from ImageNet: the embedded ResNet-18 with other classes for its 1000 outputs. */
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { publishCopy } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const RESNET = "resnet18";
const MODEL = `${RESNET}@9.0.0`;
const ESPRESSO = "n07920052";

let app: TestApp;
let photo: Uint8Array<ArrayBuffer>;
/** The index of the highest output for the photo. */
let invoiceIndex: number;
/** Its probability. */
let invoiceConfidence: number;

beforeAll(async () => {
  await seedBucket();
  photo = await readRepoFile("examples/espresso.jpg");
  app = makeApp({ RESULT_CACHE_SECONDS: "0" });
  const { data } = await app.upload(
    `query ($image: File!) { classify(image: { upload: $image }, model: "${RESNET}", topK: 100) { predictions { classIndex confidence } } }`,
    photo,
  );
  const likely: { classIndex: number; confidence: number }[] = data.classify.predictions;
  invoiceIndex = likely[0]?.classIndex as number;
  invoiceConfidence = likely[0]?.confidence as number;
  const papers = new Set(likely.map(({ classIndex }) => classIndex));
  const classes = Array.from({ length: 1000 }, (_, i) =>
    i === invoiceIndex
      ? { id: "invoice", names: { en: ["invoice", "bill"], zh: ["发票"] }, parent: "paper" }
      : { id: `document ${i}`, ...(papers.has(i) ? { parent: "paper" } : {}) },
  );
  const kinds = [{ id: "paper", names: { en: ["business paper"], zh: ["商业文件"] } }];
  await publishCopy(RESNET, "9.0.0", { manifest: { labels: { classes, kinds } } });
});

afterAll(seedBucket);

const FIELDS = `
  answer { kind id synset label zh: label(locale: ZH) }
  predictions { id synset label zh: label(locale: ZH) aliases ancestors { id synset label } }
  receipt`;

async function ask(fields: string, args = "") {
  const document = `query ($image: File!) {
    classify(image: { upload: $image }, model: "${MODEL}" ${args}) { ${fields} }
  }`;
  const { data, errors } = await app.upload(document, photo);
  expect(errors).toEqual([]);
  return data.classify;
}

describe("a model with custom classes", () => {
  it("answers with class ids and names in both languages, and without synsets", async () => {
    const { answer, predictions, receipt } = await ask(FIELDS, "topK: 1, threshold: 0");
    expect(answer).toEqual({
      kind: "CLASS",
      id: "invoice",
      synset: null,
      label: "invoice",
      zh: "发票",
    });
    expect(predictions[0]).toMatchObject({
      id: "invoice",
      synset: null,
      aliases: ["bill"],
      ancestors: [{ id: "paper", synset: null, label: "business paper" }],
    });
    expect(receipt.predictions).toEqual([{ id: "invoice", confidence: expect.any(Number) }]);
  });

  it("falls back to a kind from its own manifest, not from WordNet", async () => {
    const { answer } = await ask(FIELDS, `threshold: ${invoiceConfidence + 1e-9}`);
    expect(answer).toMatchObject({ kind: "ANCESTOR", id: "paper", label: "business paper" });
  });

  it("lists its classes in labels, where a search finds them", async () => {
    const { data } = await app.query(
      `{ labels(model: "${MODEL}", search: "发票") { totalCount nodes { id synset classIndex } } }`,
    );
    expect(data.labels).toEqual({
      totalCount: 1,
      nodes: [{ id: "invoice", synset: null, classIndex: invoiceIndex }],
    });
  });

  it("draws a heat map for any class id, predicted or not", async () => {
    const { heatmap, other } = await ask(
      'heatmap(id: "invoice", size: 32) other: heatmap(id: "document 0", size: 32)',
    );
    expect(heatmap).toMatch(/^data:image\/png;base64,/);
    expect(other).not.toBe(heatmap);
  });

  it("rejects a heat map for a class that it does not have", async () => {
    const { data, errors } = await app.upload(
      `query ($image: File!) { classify(image: { upload: $image }, model: "${MODEL}") { heatmap(id: "${ESPRESSO}") } }`,
      photo,
    );
    expect(data.classify.heatmap).toBeNull();
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "id" });
  });

  it("is rejected in an ensemble with a model that has no class in common", async () => {
    const { errors } = await app.upload(
      `query ($image: File!) { classify(image: { upload: $image }, models: ["default", "${MODEL}"]) { cached } }`,
      photo,
    );
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "models" });
    expect(errors[0]?.message).toContain("efficientnet-lite0@1.1.0");
    expect(errors[0]?.message).toContain(MODEL);
  });

  it("gets new names from a label map, by class id", async () => {
    await env.MODELS.put("label-maps/shop.json", JSON.stringify({ invoice: { zh: "账单" } }));
    const shop = makeApp({ LABEL_MAP: "shop", RESULT_CACHE_SECONDS: "0" });
    const { data } = await shop.query(
      `{ labels(model: "${MODEL}", search: "invoice") { nodes { label(locale: ZH) aliases(locale: ZH) } } }`,
    );
    expect(data.labels.nodes).toEqual([{ label: "账单", aliases: ["发票"] }]);
  });
});
