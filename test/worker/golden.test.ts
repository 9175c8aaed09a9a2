/**
 * Compares the whole pipeline with what the network returns for the tensors of Pillow (npm run golden): the
 * first class must be equal, and the confidences of the first five classes must be within 0.05, which allows for
 * JPEG decoders that round differently.
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
/** The folder in ../shared whose photos are also in examples/. */
const COMMITTED = "photos-cc0";

beforeAll(seedBucket);

describe.each(["efficientnet-lite0", "resnet18"])("classify with %s", async (model) => {
  const { images } = await readRepoJson<Golden>(`test/golden/${model}/golden.json`);
  const committed = Object.entries(images).filter(([, { folder }]) => folder === COMMITTED);
  const others = Object.entries(images).filter(([, { folder }]) => folder !== COMMITTED);

  async function compare(bytes: Uint8Array<ArrayBuffer>, golden: Golden["images"][string]) {
    const { data } = await upload(CLASSIFY, bytes, { model, topK: 1000 });
    const predictions: { synset: string; confidence: number }[] = data.classify.predictions;
    expect(predictions[0]?.synset).toBe(golden.top5[0]);
    golden.top5.forEach((synset, i) => {
      const found = predictions.find((prediction) => prediction.synset === synset);
      const difference = Math.abs((found?.confidence ?? 0) - (golden.confidence[i] ?? 0));
      expect(difference, synset).toBeLessThanOrEqual(CONFIDENCE_TOLERANCE);
    });
  }

  it("agrees with the reference on the photos in examples/", async () => {
    expect(committed).toHaveLength(5);
    for (const [file, golden] of committed) {
      await compare(await readRepoFile(`examples/${file}`), golden);
    }
  });

  it("agrees with the reference on the photos in ../shared", async ({ skip }) => {
    if (!(await findRepoFile("../shared/README.md"))) {
      return skip("../shared is absent: its photos are not compared.");
    }
    expect(others.length).toBeGreaterThan(5);
    for (const [name, golden] of others) {
      await compare(await readRepoFile(`../shared/${golden.folder}/${name}`), golden);
    }
  });
});
