/** Models that are shown a whole photo: stretched or letterboxed. */
import { decode as decodePng } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { upload } from "./support/graphql.ts";
import { publishSmall } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { seedBucket } from "./support/seed.ts";

const NORMALISATION = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/** 600x400 */
let espresso: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await seedBucket();
  espresso = await readRepoFile("examples/espresso.jpg");
});

async function explain(version: string, args: string): Promise<ReturnType<typeof decodePng>> {
  const { data, errors } = await upload(
    `query ($image: File!) { classify(image: { upload: $image }, model: "small@${version}", topK: 1, threshold: 0)
      { predictions { heatmap(${args}) } } }`,
    espresso,
  );
  expect(errors).toEqual([]);
  const { heatmap } = data.classify.predictions[0];
  const binary = atob(heatmap.slice(heatmap.indexOf(",") + 1));
  return decodePng(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}

describe.each([
  ["stretch", "1.0.1"],
  ["letterbox", "1.0.2"],
])("a model with the fit %s", (fit, version) => {
  beforeAll(() =>
    publishSmall(version, {
      preprocess: { resize: { fit, interpolation: "bicubic" }, ...NORMALISATION },
    }),
  );

  it.each(["OVERLAY", "MASK"])(
    "draws heat maps over the whole photo, without padding, with style %s",
    async (style) => {
      const { width, height, channels } = await explain(version, `size: 90, style: ${style}`);
      expect([width, height, channels]).toEqual([90, 60, style === "MASK" ? 4 : 3]);
    },
  );
});
