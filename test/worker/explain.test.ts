/** What explains an answer: ancestors, heat maps, embeddings, votes. */
import { env } from "cloudflare:workers";
import { decode as decodePng } from "fast-png";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { versionFileKey } from "../../src/models/version-ref.ts";
import { NetworkLoader } from "../../src/registry/network-loader.ts";
import { upload } from "./support/graphql.ts";
import { makeApp } from "./support/make-app.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

let cat: Uint8Array<ArrayBuffer>;
let espresso: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  cat = await readRepoFile("examples/cat.jpg");
  espresso = await readRepoFile("examples/espresso.jpg");
});

const ask = (fields: string, bytes: Uint8Array<ArrayBuffer>, args = "") =>
  upload(
    `query ($image: File!) { classify(image: { upload: $image } ${args}) { ${fields} } }`,
    bytes,
  );

const ANSWER = "answer { kind synset label zh: label(locale: ZH) confidence }";

describe("Classification.answer", () => {
  it("is the most specific kind that reaches the threshold if no class does", async () => {
    const { data } = await ask(`${ANSWER} predictions { confidence }`, cat, "threshold: 0.9");
    expect(data.classify.predictions).toEqual([]);
    expect(data.classify.answer).toMatchObject({
      kind: "ANCESTOR",
      synset: "n02121808",
      label: "domestic cat",
      zh: "家猫",
    });
    expect(data.classify.answer.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it("is the first entry of answers that reaches the threshold, at any threshold", async () => {
    const { data } = await ask("answers { kind synset confidence }", cat);
    const { answers } = data.classify;
    expect(answers[0]).toMatchObject({ kind: "CLASS", synset: "n02124075" });
    for (const threshold of [0.1, 0.39, 0.4, 0.6, 0.93, 0.99]) {
      const answer = (
        await ask("answer { kind synset confidence }", cat, `threshold: ${threshold}`)
      ).data.classify.answer;
      const first = answers.find(
        ({ confidence }: { confidence: number }) => confidence >= threshold,
      );
      expect(first ?? { kind: "UNKNOWN", synset: null, confidence: null }).toEqual(answer);
    }
  });

  it("is UNKNOWN if no class and no kind reaches the threshold", async () => {
    const { data } = await ask(ANSWER, cat, "threshold: 1");
    expect(data.classify.answer).toMatchObject({ kind: "UNKNOWN", synset: null, label: "unknown" });
  });
});

describe("Prediction.ancestors", () => {
  it("lists the kinds of a class, nearest first", async () => {
    const fields =
      "predictions { ancestors { synset label aliases } zh: ancestors(locale: ZH) { label } }";
    const { data } = await ask(fields, cat, "topK: 1");
    const [{ ancestors, zh }] = data.classify.predictions;
    expect(ancestors.map(({ label }: { label: string }) => label)).toEqual([
      "domestic cat",
      "feline",
      "carnivore",
      "mammal",
      "vertebrate",
      "animal",
    ]);
    expect(zh[5].label).toBe("动物");
  });
});

describe("heatmap", () => {
  const readPng = (uri: string) => {
    expect(uri).toMatch(/^data:image\/png;base64,/);
    const binary = atob(uri.slice(uri.indexOf(",") + 1));
    return decodePng(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  };

  it("is an overlay over the photo of 224 px by default", async () => {
    const { data } = await ask("predictions { heatmap }", cat, "topK: 1");
    const { width, height, channels } = readPng(data.classify.predictions[0].heatmap);
    expect([width, height, channels]).toEqual([224, 224, 3]);
  });

  it("is opaque where the class is and transparent elsewhere with style MASK", async () => {
    const { data } = await ask(
      "predictions { synset heatmap(size: 64, style: MASK) }",
      cat,
      'topK: 1, model: "resnet18"',
    );
    const { width, channels, data: pixels } = readPng(data.classify.predictions[0].heatmap);
    expect([width, channels]).toEqual([64, 4]);
    const alphas = Array.from({ length: 64 * 64 }, (_, i) => Number(pixels[i * 4 + 3]));
    // The strongest position is between the centres of pixels.
    expect(Math.max(...alphas)).toBeGreaterThan(240);
    expect(Math.min(...alphas)).toBeLessThan(64);
  });

  it("differs between classes", async () => {
    const { data } = await ask("predictions { heatmap(size: 32) }", cat, "topK: 2");
    const [first, second] = data.classify.predictions;
    expect(first.heatmap).not.toBe(second.heatmap);
  });

  it.each([31, 513, -1])("rejects a size of %s pixels", async (size) => {
    const { status, data, errors } = await ask(`predictions { id heatmap(size: ${size}) }`, cat);
    // The classification is there, and only the heat map is missing.
    expect(status).toBe(200);
    expect(data.classify.predictions[0]).toEqual({ id: expect.any(String), heatmap: null });
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument: "size" });
  });

  it("runs the network only once for several heat maps after a cached answer", async () => {
    const app = makeApp({ RESULT_CACHE_SECONDS: "60", LOG_REQUESTS: "false" });
    const classify = (fields: string) =>
      app.upload(
        `query ($image: File!) { classify(image: { upload: $image }) { ${fields} } }`,
        cat,
      );
    await classify("cached");
    const run = vi.spyOn(NetworkLoader.prototype, "run");
    const { data } = await classify(
      'cached a: heatmap(id: "n02123045", size: 32) b: heatmap(id: "n02124075", size: 32)',
    );
    expect(data.classify.cached).toBe(true);
    expect(data.classify.a).not.toBe(data.classify.b);
    expect(run).toHaveBeenCalledTimes(1);
    run.mockRestore();
  });

  it("fails with MODEL_UNAVAILABLE if the head of the model is damaged", async () => {
    const key = versionFileKey({ id: "resnet18", version: "1.0.0" }, "head.f16.bin");
    await env.MODELS.put(key, new Uint8Array(100));
    const app = makeApp();
    const { status, errors } = await app.upload(
      'query ($image: File!) { classify(image: { upload: $image }, model: "resnet18") { predictions { heatmap } } }',
      cat,
    );
    expect(status).toBe(200);
    expect(errors[0]?.extensions).toMatchObject({ code: "MODEL_UNAVAILABLE" });
    expect(JSON.stringify(errors)).not.toContain(key);
    await seedBucket();
  });
});

describe("embedding", () => {
  const embed = async (bytes: Uint8Array<ArrayBuffer>): Promise<number[]> =>
    (await ask("embedding", bytes)).data.classify.embedding;

  it("has unit length, and is closer to the same photo in another format than to another photo", async () => {
    const [jpeg, webp, other] = [
      await embed(espresso),
      await embed(await readRepoFile("examples/espresso.webp")),
      await embed(cat),
    ];
    expect(jpeg).toHaveLength(1280);
    const dot = (a: number[], b: number[]) =>
      a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
    // Allows for the rounding of 1280 doubles.
    expect(dot(jpeg, jpeg)).toBeCloseTo(1, 9);
    expect(dot(jpeg, webp)).toBeGreaterThan(0.8);
    expect(dot(jpeg, webp)).toBeGreaterThan(dot(jpeg, other) + 0.2);
  });
});

describe("an ensemble", () => {
  const FIELDS =
    "predictions { synset classIndex confidence heatmap(size: 32) } votes { model { id } prediction { synset confidence } } model { id } " +
    ANSWER;

  it("averages its members and returns their votes", async () => {
    const { data, errors } = await ask(FIELDS, espresso, 'models: ["default", "resnet18"]');
    expect(errors).toEqual([]);
    const { predictions, votes, model } = data.classify;
    expect(model.id).toBe("efficientnet-lite0");
    expect(votes.map((vote: { model: { id: string } }) => vote.model.id)).toEqual([
      "efficientnet-lite0",
      "resnet18",
    ]);
    const alone = await ask(
      "predictions { synset confidence }",
      espresso,
      'model: "resnet18", topK: 1',
    );
    expect(votes[1].prediction).toEqual(alone.data.classify.predictions[0]);
    const espressoVotes = predictions.find((p: { synset: string }) => p.synset === "n07920052");
    expect(espressoVotes.confidence).toBeLessThan(votes[0].prediction.confidence);
    expect(espressoVotes.confidence).toBeGreaterThan(0.4);
  });

  it("with one member returns the predictions of that model", async () => {
    const one = await ask("predictions { synset confidence }", espresso, 'models: ["resnet18"]');
    const alone = await ask("predictions { synset confidence }", espresso, 'model: "resnet18"');
    expect(one.data).toEqual(alone.data);
  });

  it.each([
    ["two names of one version", 'models: ["default", "efficientnet-lite0@1.1.0"]', "models"],
    ["an empty list of models", "models: []", "models"],
    ["five models", 'models: ["default", "default", "default", "default", "default"]', "models"],
    ["model and models together", 'model: "default", models: ["resnet18"]', "models"],
    ["a topK above the number of classes", 'topK: 1001, models: ["default", "resnet18"]', "topK"],
  ])("rejects %s", async (_name, args, argument) => {
    const { status, errors } = await ask("cached", espresso, args);
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument });
  });

  it("is rejected with its size if it does not fit into memory", async () => {
    const app = makeApp({ MODEL_MEMORY_BYTES: "15000000" });
    const { errors } = await app.upload(
      'query ($image: File!) { classify(image: { upload: $image }, models: ["default", "resnet18"]) { cached } }',
      espresso,
    );
    expect(errors[0]?.extensions).toMatchObject({
      argument: "models",
      costBytes: 6_116_429 + 16_993_102,
      budgetBytes: 15_000_000,
    });
  });
});
