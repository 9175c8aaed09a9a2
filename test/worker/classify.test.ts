import { encode as encodePng } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { query, upload } from "./support/graphql.ts";
import { publishCopy } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const CLASSIFY_UPLOAD = `
  query ($image: File!, $topK: Int, $threshold: Float, $locale: Locale, $model: String) {
    classify(image: { upload: $image }, topK: $topK, threshold: $threshold, locale: $locale, model: $model) {
      predictions { rank classIndex synset label zh: label(locale: ZH) aliases confidence }
      answer { kind synset label zh: label(locale: ZH) confidence }
      model { id version aliases classes inputSize }
      image { format width height orientation bytes sha256 }
      timing { decodeMs preprocessMs inferenceMs totalMs }
    }
  }`;

const CLASSIFY_BASE64 = `
  query ($base64: String!) {
    classify(image: { base64: $base64 }) { answer { synset } }
  }`;

const ESPRESSO = "n07920052";

let espresso: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  espresso = await readRepoFile("examples/espresso.jpg");
});

describe("classify", () => {
  it("answers a multipart upload with the default model", async () => {
    const { status, data, errors } = await upload(CLASSIFY_UPLOAD, espresso);
    expect(errors).toEqual([]);
    expect(status).toBe(200);
    const { predictions, answer, model, image, timing } = data.classify;
    expect(predictions.map(({ rank }: { rank: number }) => rank)).toEqual([1, 2, 3]);
    expect(predictions[0]).toMatchObject({ synset: ESPRESSO, label: "espresso", classIndex: 967 });
    expect(predictions[0].zh).toContain("咖啡");
    expect(answer).toMatchObject({ kind: "CLASS", synset: ESPRESSO, label: "espresso" });
    expect(answer.confidence).toBe(predictions[0].confidence);
    expect(model).toMatchObject({ id: "efficientnet-lite0", version: "1.1.0", classes: 1000 });
    expect(model.aliases).toContain("default");
    expect(image).toEqual({
      format: "JPEG",
      width: 600,
      height: 400,
      orientation: 1,
      bytes: espresso.byteLength,
      // sha256sum examples/espresso.jpg
      sha256: "15d43fe4dff38114d83853355925aeb2cf61356e3a454be7ff6e305c9a6ac847",
    });
    expect(timing.totalMs).toBeGreaterThanOrEqual(timing.decodeMs);
  });

  it.each([
    ["bare", ""],
    ["as a data URI", "data:image/png;base64,"],
  ])("accepts Base64 %s, whatever the MIME type", async (_name, prefix) => {
    const { data, errors } = await query(CLASSIFY_BASE64, { base64: prefix + toBase64(espresso) });
    expect(errors).toEqual([]);
    expect(data.classify.answer.synset).toBe(ESPRESSO);
  });

  it("answers with the model that the query names, by alias or id@version", async () => {
    const { data } = await upload(CLASSIFY_UPLOAD, espresso, { model: "resnet18", topK: 5 });
    expect(data.classify.model).toMatchObject({
      id: "resnet18",
      classes: 1000,
      inputSize: 224,
    });
    expect(data.classify.predictions).toHaveLength(5);
    const again = await upload(CLASSIFY_UPLOAD, espresso, { model: "efficientnet-lite0@1.1.0" });
    expect(again.data.classify.model.id).toBe("efficientnet-lite0");
  });

  it("returns Chinese names for locale ZH", async () => {
    const { data } = await upload(CLASSIFY_UPLOAD, espresso, { locale: "ZH" });
    expect(data.classify.answer.label).toBe(data.classify.answer.zh);
    expect(data.classify.predictions[0].label).toMatch(/\p{Script=Han}/u);
  });

  it("returns only predictions that reach the threshold", async () => {
    const all = await upload(CLASSIFY_UPLOAD, espresso, { topK: 5 });
    const second = all.data.classify.predictions[1].confidence;
    const { data } = await upload(CLASSIFY_UPLOAD, espresso, { topK: 5, threshold: second });
    expect(data.classify.predictions).toEqual(all.data.classify.predictions.slice(0, 2));
    expect(data.classify.answer.kind).toBe("CLASS");
  });

  it("answers UNKNOWN if no class reaches the threshold", async () => {
    const { data } = await upload(CLASSIFY_UPLOAD, espresso, { threshold: 1 });
    expect(data.classify.predictions).toEqual([]);
    expect(data.classify.answer).toEqual({
      kind: "UNKNOWN",
      synset: null,
      label: "unknown",
      zh: "无法确定",
      confidence: null,
    });
  });

  describe("an image that is unlike the model's photos", () => {
    const UNFAMILIAR = `query ($image: File!, $model: String, $models: [String!], $threshold: Float) {
      classify(image: { upload: $image }, model: $model, models: $models, threshold: $threshold) {
        answer { kind label } answers { kind } familiar predictions { confidence }
      }
    }`;
    const grey = encodePng({
      width: 64,
      height: 64,
      data: new Uint8Array(64 * 64).fill(128),
      channels: 1,
    });
    const ask = async (variables: Record<string, unknown>) =>
      (await upload(UNFAMILIAR, Uint8Array.from(grey), variables)).data.classify;

    it.each([
      ["the default model", {}],
      ["a low threshold", { threshold: 0 }],
      ["an ensemble", { models: ["default", "resnet18"] }],
    ])("is UNKNOWN, and keeps its predictions, with %s", async (_, variables) => {
      const { answer, answers, familiar, predictions } = await ask(variables);
      expect(answer).toEqual({ kind: "UNKNOWN", label: "unknown" });
      expect([answers, familiar]).toEqual([[], false]);
      expect(predictions.length).toBeGreaterThan(0);
    });

    it("is answered as before by a version without such figures", async () => {
      const calibration = { dataset: "test", images: 100, temperature: 1 };
      await publishCopy("efficientnet-lite0", "1.2.0", { manifest: { calibration } });
      const variables = { model: "efficientnet-lite0@1.2.0", threshold: 0 };
      const { answer, answers, familiar } = await ask(variables);
      expect([answer.kind, familiar]).toEqual(["CLASS", null]);
      expect(answers.length).toBeGreaterThan(0);
    });

    it("is not a photo of a known class", async () => {
      const { data } = await upload(UNFAMILIAR, espresso);
      expect(data.classify).toMatchObject({ answer: { kind: "CLASS" }, familiar: true });
    });
  });

  it("applies the recommended threshold to the answer but not to the predictions by default", async () => {
    const recommendedThreshold = 0.8;
    await publishCopy("resnet18", "1.1.0", { manifest: { recommendedThreshold } });
    const cat = await readRepoFile("examples/cat.jpg");
    const { data } = await upload(CLASSIFY_UPLOAD, cat, { model: "resnet18@1.1.0" });
    expect(data.classify.predictions[0].confidence).toBeLessThan(recommendedThreshold);
    expect(data.classify.predictions).toHaveLength(3);
    // No breed reaches the threshold, but all of them together do.
    expect(data.classify.answer).toMatchObject({ kind: "ANCESTOR", label: "domestic cat" });
    expect(data.classify.answer.confidence).toBeGreaterThan(recommendedThreshold);
  });

  it("returns all classes, with probabilities that sum to 1, if topK is 1000", async () => {
    const { data } = await upload(CLASSIFY_UPLOAD, espresso, { topK: 1000 });
    const confidences = data.classify.predictions.map(
      ({ confidence }: { confidence: number }) => confidence,
    );
    expect(confidences).toHaveLength(1000);
    // Softmax in float64: 1000 summands of relative error 2^-53 each.
    expect(confidences.reduce((sum: number, value: number) => sum + value, 0)).toBeCloseTo(1, 12);
  });
});

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
