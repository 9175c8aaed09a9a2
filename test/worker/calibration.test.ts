/** How the calibration in a manifest affects answers, and how the API reports it. */
import { beforeAll, expect, it } from "vitest";
import { query, upload } from "./support/graphql.ts";
import { publishCopy, putAliases } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!, $model: String, $threshold: Float) {
  classify(image: { upload: $image }, model: $model, threshold: $threshold, topK: 1000) {
    answer { kind synset }
    predictions { confidence }
  }
}`;
const ID = "resnet18";
/** The network recognises the espresso with a confidence of about 0.5. */
const ESPRESSO = "n07920052";
/** Lower than that confidence. */
const recommendedThreshold = 0.01;
const CALIBRATION = { dataset: "test", images: 100, temperature: 2, targetPrecision: 0.95 };

async function classify(version: string, threshold?: number) {
  const { data, errors } = await upload(CLASSIFY, await readRepoFile("examples/espresso.jpg"), {
    model: `${ID}@${version}`,
    threshold,
  });
  expect(errors).toEqual([]);
  return data.classify as {
    answer: { kind: string; synset: string };
    predictions: { confidence: number }[];
  };
}

beforeAll(async () => {
  await seedBucket();
  await publishCopy(ID, "1.1.0", { manifest: { calibration: undefined } });
  await publishCopy(ID, "2.0.0", { manifest: { recommendedThreshold, calibration: CALIBRATION } });
  const calibration = { ...CALIBRATION, classThresholds: { [ESPRESSO]: 0.999 } };
  await publishCopy(ID, "2.1.0", { manifest: { recommendedThreshold, calibration } });
});

it("classify divides logits by the temperature of the manifest", async () => {
  const plain = (await classify("1.1.0")).predictions.map(({ confidence }) => confidence);
  const cooled = (await classify("2.0.0")).predictions.map(({ confidence }) => confidence);
  // softmax(x / 2) is the normalised square root of softmax(x).
  const roots = plain.map(Math.sqrt);
  const sum = roots.reduce((total, root) => total + root, 0);
  cooled.forEach((confidence, i) => {
    expect(confidence).toBeCloseTo((roots[i] as number) / sum, 9);
  });
  expect(cooled[0]).toBeLessThan(plain[0] as number);
});

it("classify applies the threshold of a class, unless the query gives a threshold", async () => {
  expect((await classify("2.0.0")).answer).toMatchObject({ kind: "CLASS", synset: ESPRESSO });
  expect((await classify("2.1.0")).answer.kind).toBe("ANCESTOR");
  expect((await classify("2.1.0", 0.01)).answer).toMatchObject({ kind: "CLASS", synset: ESPRESSO });
});

it("models lists calibration, shares and shadows", async () => {
  await putAliases({
    aliases: {
      default: [
        { model: ID, version: "1.1.0", weight: 3 },
        { model: ID, version: "2.1.0", weight: 1 },
      ],
    },
    shadows: { default: { model: ID, version: "2.0.0", share: 0.1 } },
  });
  const { data } = await query(`{
    models {
      id version aliases shares { alias share } shadows { alias share }
      calibration { dataset images temperature targetPrecision classThresholds { synset threshold } }
    }
  }`);
  const of = (version: string) =>
    data.models.find((m: { id: string; version: string }) => m.id === ID && m.version === version);
  expect(of("1.1.0")).toMatchObject({
    aliases: ["default"],
    shares: [{ alias: "default", share: 0.75 }],
    shadows: [],
    calibration: null,
  });
  expect(of("2.0.0")).toMatchObject({
    shares: [],
    shadows: [{ alias: "default", share: 0.1 }],
    calibration: { ...CALIBRATION, classThresholds: [] },
  });
  expect(of("2.1.0").calibration.classThresholds).toEqual([{ synset: ESPRESSO, threshold: 0.999 }]);
});
