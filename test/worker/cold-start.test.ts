import { env } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import { upload } from "./support/graphql.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { DEFAULT_LITERT_KEY, seedBucket } from "./support/seed.ts";

const CLASSIFY = `query ($image: File!) { classify(image: { upload: $image }, topK: 1) { predictions { synset } } }`;

beforeAll(seedBucket);

it("a cold isolate answers 20 concurrent requests correctly with a single load of the model", async () => {
  const photos = [
    { bytes: await readRepoFile("examples/espresso.jpg"), synset: "n07920052" },
    { bytes: await readRepoFile("examples/cat.jpg"), synset: "n02124075" },
  ] as const;
  const get = vi.spyOn(env.MODELS, "get");
  const asked = Array.from({ length: 20 }, (_, i) => photos[i % 2] as (typeof photos)[number]);
  const responses = await Promise.all(asked.map(({ bytes }) => upload(CLASSIFY, bytes)));
  expect(responses.map(({ data }) => data.classify.predictions[0].synset)).toEqual(
    asked.map(({ synset }) => synset),
  );
  const loads = get.mock.calls.filter(([key]) => key === DEFAULT_LITERT_KEY);
  expect(loads).toHaveLength(1);
});
