/**
 * Compares the whole pipeline with Pillow and ONNX Runtime: the first class must be equal, and the confidences
 * of the reference's first five classes must be within 0.05, which allows for JPEG decoders that round
 * differently.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { upload } from "./support/graphql.ts";
import { findRepoFile, readRepoFile, readRepoJson } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

type Golden = {
  readonly images: Record<
    string,
    {
      readonly folder: string;
      readonly top5: readonly string[];
      readonly confidence: readonly number[];
    }
  >;
};

const CLASSIFY = `query ($image: File!, $model: String, $topK: Int) {
  classify(image: { upload: $image }, model: $model, topK: $topK) {
    predictions { synset confidence }
  }
}`;
const CONFIDENCE_TOLERANCE = 0.05;
const CLASS_COUNTS = { "efficientnet-lite0": 1000, "resnet18-in277": 277 };

beforeAll(seedBucket);

describe.each(Object.entries(CLASS_COUNTS))("classify with %s", (model, classCount) => {
  async function compare(bytes: Uint8Array<ArrayBuffer>, golden: Golden["images"][string]) {
    const { data } = await upload(CLASSIFY, bytes, { model, topK: classCount });
    const predictions: { synset: string; confidence: number }[] = data.classify.predictions;
    expect(predictions[0]?.synset).toBe(golden.top5[0]);
    golden.top5.forEach((synset, i) => {
      const found = predictions.find((prediction) => prediction.synset === synset);
      const difference = Math.abs((found?.confidence ?? 0) - (golden.confidence[i] ?? 0));
      expect(difference, synset).toBeLessThanOrEqual(CONFIDENCE_TOLERANCE);
    });
  }

  it("agrees with the reference on the photos in examples/", async () => {
    const { images } = await readRepoJson<Golden>(`test/golden/${model}/golden.json`);
    expect(Object.keys(images)).toHaveLength(5);
    for (const [file, golden] of Object.entries(images)) {
      await compare(await readRepoFile(`examples/${file}`), golden);
    }
  });

  it("agrees with the reference on the photos in ../shared", async ({ skip }) => {
    const file = await findRepoFile(`../shared/golden/${model}/golden.json`);
    if (!file) return skip("../shared is absent: its photos are not compared.");
    const { images } = JSON.parse(new TextDecoder().decode(file)) as Golden;
    expect(Object.keys(images).length).toBeGreaterThan(5);
    for (const [name, golden] of Object.entries(images)) {
      await compare(await readRepoFile(`../shared/${golden.folder}/${name}`), golden);
    }
  });
});
