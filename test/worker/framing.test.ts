/** What the networks saw of a photo, and the choice of it. */
import { encode as encodePng } from "fast-png";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { workerPlatform } from "../../src/worker-platform.ts";
import { query } from "./support/graphql.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { makePanorama, pngSize, withOrientation } from "./support/photos.ts";
import { publishCopy } from "./support/publish.ts";
import { readRepoFile, readRepoJson } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

let cat: Uint8Array<ArrayBuffer>;
/** An espresso at the left end of a wide wall. */
let panorama: Uint8Array<ArrayBuffer>;

/** A model that sees a larger part of a photo than the default model, and does not have the class TIGER_CAT. */
const UNCUT = "resnet18@8.0.0";
const TIGER_CAT = "n02123159";
const BOTH = `models: ["${UNCUT}", "default"]`;

beforeAll(async () => {
  await seedBucket();
  cat = await readRepoFile("examples/cat.jpg");
  panorama = await makePanorama(8000);
  const { data } = await query('{ labels(model: "resnet18", first: 1000) { nodes { id } } }');
  const classes = data.labels.nodes.map(({ id }: { id: string }) =>
    id === TIGER_CAT ? { id: "another", names: { en: ["another"] }, parent: "n02121808" } : id,
  );
  const { preprocess } = await readRepoJson<ModelManifest>("models/resnet18/manifest.json");
  const resize = { shorterSide: 224, interpolation: "bilinear" };
  await publishCopy("resnet18", "8.0.0", {
    manifest: { preprocess: { ...preprocess, resize }, labels: { table: "imagenet1k", classes } },
  });
});

afterAll(seedBucket);

const ask = async (
  fields: string,
  bytes: Uint8Array<ArrayBuffer>,
  args = "",
  app: TestApp = makeApp({ RESULT_CACHE_SECONDS: "0" }),
) => {
  const { data, errors } = await app.upload(
    `query ($image: File!) { classify(image: { upload: $image } ${args}) { ${fields} } }`,
    bytes,
  );
  expect(errors).toEqual([]);
  return data.classify;
};

const REGION = "{ x y width height }";
const ESPRESSO = "n07920052";
const ALL = { x: 0, y: 0, width: 1, height: 1 };

type Region = typeof ALL;
type Confidence = { confidence: number };

describe("regions", () => {
  it("are the square in the middle that each model of an ensemble saw", async () => {
    const { regions, votes } = await ask(
      `regions ${REGION} votes { model { cropFraction } regions ${REGION} }`,
      cat,
      BOTH,
    );
    expect(votes).toHaveLength(2);
    expect(regions).toEqual(votes[0].regions);
    for (const { model, regions: seen } of votes) {
      expect(seen).toHaveLength(1);
      const [{ x, y, width, height }] = seen;
      expect(Math.max(width, height)).toBeCloseTo(model.cropFraction, 2);
      expect(x).toBeCloseTo((1 - width) / 2, 2);
      expect(y).toBeCloseTo((1 - height) / 2, 2);
    }
    expect(votes[0].regions).not.toEqual(votes[1].regions);
  });

  it("tell how little of a panorama the square in the middle is", async () => {
    const { regions } = await ask(`regions ${REGION}`, panorama);
    const [{ width, height }] = regions;
    expect(width * height).toBeCloseTo((0.875 * 350) / 8000, 3);
  });
});

describe("explain", () => {
  it("names the model of an ensemble that drew the map, and the region that it saw", async () => {
    const { explain, votes } = await ask(
      `explain(id: "${TIGER_CAT}", style: MASK) { heatmap model { id } region ${REGION} }
      votes { model { id } regions ${REGION} }`,
      cat,
      BOTH,
    );
    // The first model does not have the class, so the second one draws, which sees another square.
    const [first, second] = votes;
    expect(explain.model).toEqual(second.model);
    expect(explain.region).toEqual(second.regions[0]);
    expect(explain.region).not.toEqual(first.regions[0]);
    const alone = await ask(`heatmap(id: "${TIGER_CAT}", style: MASK)`, cat, 'model: "default"');
    expect(explain.heatmap).toBe(alone.heatmap);
    expect(pngSize(explain.heatmap)).toEqual([224, 224]);
  });

  it("keeps the photos of classifyMany", async () => {
    const { data, errors } = await makeApp().upload(
      `query ($image: File!) {
        classifyMany(images: [{ upload: $image }]) {
          ... on Classification { explain(id: "${TIGER_CAT}", size: 32) { heatmap } }
        }
      }`,
      cat,
    );
    expect(errors).toEqual([]);
    expect(pngSize(data.classifyMany[0].explain.heatmap)).toEqual([32, 32]);
  });

  it("counts as a pass, and leaves the answer if it exceeds the limit", async () => {
    const { data, errors } = await makeApp({ MAX_PASSES: "1" }).upload(
      `query ($image: File!) {
        classify(image: { upload: $image }) { answer { id } explain(id: "${TIGER_CAT}") { heatmap } }
      }`,
      cat,
    );
    expect(data.classify).toEqual({ answer: { id: expect.any(String) }, explain: null });
    expect(errors[0]?.extensions).toMatchObject({ code: "REQUEST_TOO_COSTLY", value: 2 });
  });
});

describe("framing", () => {
  it("CROP is the default, with the same answer and receipt", async () => {
    const fields = "predictions { id confidence } embedding receipt";
    const expected = await ask(fields, cat);
    expect(await ask(fields, cat, "framing: CROP")).toEqual(expected);
    expect(await ask(fields, cat, "framing: null")).toEqual(expected);
    expect(expected.receipt.parameters).toEqual({ topK: 3, threshold: null });
  });

  it("WHOLE shows the network the whole photo, and the heat map has the photo's shape", async () => {
    const fields = `regions ${REGION} predictions { confidence } receipt
      explain(id: "${TIGER_CAT}", size: 90) { region ${REGION} heatmap }`;
    const whole = await ask(fields, cat, "framing: WHOLE");
    expect(whole.regions).toEqual([ALL]);
    expect(whole.explain.region).toEqual(ALL);
    // 451 x 300 px
    expect(pngSize(whole.explain.heatmap)).toEqual([90, 60]);
    expect(whole.receipt.parameters.framing).toBe("WHOLE");
    expect(whole.predictions).not.toEqual((await ask(fields, cat)).predictions);
  });

  it("TILES covers a wide photo with squares that overlap", async () => {
    const wide = await makePanorama(1600);
    const { regions } = await ask(`regions ${REGION}`, wide, "framing: TILES");
    expect(regions).toHaveLength(5);
    expect(regions[0].x).toBe(0);
    expect(regions[4].x + regions[4].width).toBeCloseTo(1, 9);
    regions.slice(1).forEach(({ x }: Region, i: number) => {
      expect(x).toBeLessThan(regions[i].x + regions[i].width);
    });
    for (const { y, width, height } of regions) {
      expect([y, height]).toEqual([0, 1]);
      expect(width).toBeCloseTo(400 / 1600, 9);
    }
  });

  it("TILES finds what stands at the end of a panorama, and tells what it did not see", async () => {
    const fields = `regions ${REGION} votes { regions ${REGION} } predictions { id confidence }
      explain(id: "${ESPRESSO}", size: 64) { region ${REGION} heatmap }`;
    const crop = await ask(fields, panorama, "topK: 5");
    const tiles = await ask(fields, panorama, "topK: 5, framing: TILES");
    const ids = ({ predictions }: { predictions: { id: string }[] }) =>
      predictions.map(({ id }) => id);
    expect(ids(crop)).not.toContain(ESPRESSO);
    expect(ids(tiles)).toContain(ESPRESSO);
    const sum = tiles.predictions.reduce((total: number, p: Confidence) => total + p.confidence, 0);
    expect(sum).toBeLessThanOrEqual(1);
    expect(tiles.regions).toHaveLength(5);
    expect(tiles.votes[0].regions).toEqual(tiles.regions);
    const seen = tiles.regions.reduce((sum: number, { width }: Region) => sum + width, 0);
    expect(seen).toBeCloseTo((5 * 400) / 8000, 3);
    expect(tiles.explain.region).toEqual(tiles.regions[0]);
    expect(pngSize(tiles.explain.heatmap)).toEqual([64, 64]);
  });

  it("TILES follows the upright photo, not the stored one", async () => {
    const portrait = await readRepoFile("examples/cat.jpg");
    const turned = withOrientation(portrait, 6);
    const { regions, image } = await ask(
      `regions ${REGION} image { width height orientation }`,
      turned,
      "framing: TILES",
    );
    expect(image).toEqual({ width: 451, height: 300, orientation: 6 });
    expect(regions).toHaveLength(2);
    expect(regions.map(({ x, width }: Region) => [x, width])).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(regions[0].y).toBe(0);
    expect(regions[1].y).toBeGreaterThan(0.3);
  });

  it("TILES needs one tile for a square photo: all of it", async () => {
    const png = encodePng({ width: 300, height: 300, data: new Uint8Array(270_000), channels: 3 });
    const { regions } = await ask(`regions ${REGION}`, Uint8Array.from(png), "framing: TILES");
    expect(regions).toEqual([ALL]);
  });

  it("applies to each model of an ensemble", async () => {
    const { votes } = await ask(`votes { regions ${REGION} }`, cat, `framing: TILES, ${BOTH}`);
    expect(votes.map(({ regions }: { regions: Region[] }) => regions.length)).toEqual([2, 2]);
  });

  it("rejects an unknown value", async () => {
    const { errors } = await makeApp().upload(
      "query ($image: File!) { classify(image: { upload: $image }, framing: HALF) { cached } }",
      cat,
    );
    expect(errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
  });

  it("is part of the key of cached results, heat maps included", async () => {
    const app = makeApp({ RESULT_CACHE_SECONDS: "60" });
    // Bytes after the end of a JPEG do not change its pixels.
    const photo = new Uint8Array([...cat, ...crypto.getRandomValues(new Uint8Array(8))]);
    const fields = `cached predictions { id confidence } embedding regions ${REGION}
      explain(id: "${TIGER_CAT}", size: 32) { region ${REGION} heatmap }`;
    const answers = [];
    for (const framing of ["CROP", "WHOLE", "TILES"]) {
      const { cached, ...computed } = await ask(fields, photo, `framing: ${framing}`, app);
      expect(cached).toBe(false);
      const again = await ask(fields, photo, `framing: ${framing}`, app);
      expect(again).toEqual({ cached: true, ...computed });
      answers.push(computed);
    }
    const [crop, whole, tiles] = answers;
    expect(whole.predictions).not.toEqual(crop.predictions);
    expect(tiles.predictions).not.toEqual(crop.predictions);
    expect(tiles.embedding).toHaveLength(crop.embedding.length);
  });
});

describe("the budget of a request", () => {
  const costs = (fields: string, passes: number) =>
    makeApp({ MAX_PASSES: String(passes), RESULT_CACHE_SECONDS: "0" }).upload(
      `query ($image: File!) { ${fields} }`,
      panorama,
    );

  it("is charged a pass for each tile", async () => {
    const one = "classify(image: { upload: $image }, framing: TILES) { cached }";
    expect((await costs(one, 5)).errors).toEqual([]);
    const { errors } = await costs(one, 4);
    expect(errors[0]?.extensions).toMatchObject({ code: "REQUEST_TOO_COSTLY", value: 5 });
  });

  it("leaves the photos of classifyMany that it suffices for", async () => {
    const image = "{ upload: $image }";
    const { data, errors } = await costs(
      `classifyMany(images: [${image}, ${image}], framing: TILES) {
        ... on Classification { regions ${REGION} }
        ... on ImageProblem { code }
      }`,
      8,
    );
    expect(errors).toEqual([]);
    expect(data.classifyMany[0].regions).toHaveLength(5);
    expect(data.classifyMany[1]).toEqual({ code: "REQUEST_TOO_COSTLY" });
  });
});

describe("the models of an ensemble", () => {
  it("share the pixels of a large photo if they need the same size, with the same answers", async () => {
    // 1600 x 1200 px, which are reduced to 400 x 300.
    const photo = await makePanorama(1600, 1200);
    const decode = vi.spyOn(workerPlatform.imageDecoder, "decode");
    const votes = "votes { model { id } prediction { id confidence } }";
    const together = await ask(votes, photo, 'models: ["default", "resnet18"]');
    expect(decode).toHaveBeenCalledTimes(1);
    decode.mockRestore();
    for (const [i, id] of ["efficientnet-lite0", "resnet18"].entries()) {
      const alone = await ask(votes, photo, `model: "${id}"`);
      expect(together.votes[i]).toEqual(alone.votes[0]);
    }
  });

  it("decode the photo for themselves if they need another size", async () => {
    const photo = await makePanorama(1600, 1200);
    const decode = vi.spyOn(workerPlatform.imageDecoder, "decode");
    await ask("cached", photo, BOTH);
    expect(decode).toHaveBeenCalledTimes(2);
    decode.mockRestore();
  });
});
