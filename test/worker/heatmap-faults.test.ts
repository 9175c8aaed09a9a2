/** A heat map that cannot be drawn is an error beside the answer. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { versionFileKey } from "../../src/models/version-ref.ts";
import { makeSmallModel } from "../support/small-model.ts";
import { makeApp } from "./support/make-app.ts";
import { putAliases } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { type WatchedBucket, watchBucket } from "./support/watched-bucket.ts";

const REF = { id: "tiny", version: "1.0.0" };
const HEAD = versionFileKey(REF, "head.f16.bin");
const MANIFEST = versionFileKey(REF, "manifest.json");
const QUERY = `query ($image: File!) {
  classify(image: { upload: $image }, topK: 1) { predictions { id heatmap(size: 32) } heatmap(id: "n07920052", size: 32) }
}`;

let manifest: ModelManifest;
let watched: WatchedBucket;

beforeEach(async () => {
  watched = watchBucket();
  const made = await makeSmallModel({ id: REF.id, version: REF.version });
  manifest = made.manifest;
  for (const [path, bytes] of made.files) await env.MODELS.put(versionFileKey(REF, path), bytes);
  await env.MODELS.put(MANIFEST, JSON.stringify(manifest));
  await putAliases({ aliases: { default: { model: REF.id, version: REF.version } } });
});

const putManifest = (changes: object) =>
  env.MODELS.put(MANIFEST, JSON.stringify({ ...manifest, ...changes }));

const putHead = (changes: object) =>
  putManifest({ files: { ...manifest.files, head: { ...manifest.files.head, ...changes } } });

async function editHead(edit: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const bytes = await (await env.MODELS.get(HEAD))?.bytes();
  if (bytes) await env.MODELS.put(HEAD, edit(bytes));
}

const FAULTS: readonly [what: string, breakIt: () => Promise<unknown> | unknown][] = [
  ["a missing head", () => env.MODELS.delete(HEAD)],
  ["an empty head", () => editHead(() => new Uint8Array())],
  ["a truncated head", () => editHead((bytes) => bytes.subarray(1))],
  [
    "a head with a flipped byte",
    () => editHead((bytes) => bytes.with(3, (bytes[3] as number) ^ 1)),
  ],
  ["a head that R2 fails to read", () => watched.faults.set(HEAD, "throws")],
  ["a head that R2 refuses to read", () => watched.faults.set(HEAD, "throws at once")],
  ["a head that breaks off", () => watched.faults.set(HEAD, "breaks off")],
  ["a head that ends early", () => watched.faults.set(HEAD, "ends early")],
  ["wider rows than features", () => putHead({ shape: [5, 32] })],
  ["as many bytes in fewer, wider rows", () => putHead({ shape: [1, 80] })],
  ["rows of half a number", () => putHead({ shape: [5, 15] })],
  ["a huge head", () => putHead({ shape: [5, 1_000_000], bytes: 10_000_000 })],
  ["no head", () => putManifest({ files: { model: manifest.files.model } })],
  ["no features", () => putManifest({ outputs: { logits: "logits" } })],
];

it.each(FAULTS)("%s loses the heat maps but not the answer", async (_, breakIt) => {
  await breakIt();
  const app = makeApp({}, { MODELS: watched.bucket as never });
  const photo = await readRepoFile("examples/cat.jpg");
  // Twice, because the second request finds what the first one has left.
  for (let round = 0; round < 2; round++) {
    const { status, data, errors } = await app.upload(QUERY, photo);
    expect(status).not.toBe(500);
    expect(data.classify).toEqual({
      predictions: [{ id: expect.stringMatching(/^n\d+$/), heatmap: null }],
      heatmap: null,
    });
    expect(errors).toHaveLength(2);
    for (const { extensions } of errors) expect(extensions.code).toBe("MODEL_UNAVAILABLE");
    expect(JSON.stringify(errors)).not.toContain(HEAD);
  }
  const ready = await app.fetch("/v2/health/ready");
  expect(await ready.json()).toMatchObject({ ready: true, warnings: [] });
});

it("a head is verified once, and then read row by row", async () => {
  const app = makeApp({}, { MODELS: watched.bucket as never });
  const photo = await readRepoFile("examples/cat.jpg");
  for (const id of ["n07920052", "n04266014", "n07920052"]) {
    const document = `query ($image: File!) { classify(image: { upload: $image }) { heatmap(id: "${id}", size: 32) } }`;
    expect((await app.upload(document, photo)).errors).toEqual([]);
  }
  expect(watched.operations.filter((name) => name === `get ${HEAD}`)).toHaveLength(3);
});
