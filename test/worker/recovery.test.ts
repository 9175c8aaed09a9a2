/**
 * Every way in which a version can be broken, in every state of the isolate and of the alias: callers get
 * an answer of another version or a typed error, and the version is used again once it is repaired.
 */
import { env } from "cloudflare:workers";
import { encode as encodePng } from "fast-png";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ModelManifest, manifestSchema } from "../../src/models/manifest.ts";
import { versionFileKey } from "../../src/models/version-ref.ts";
import { sha256Hex } from "../../src/sha256.ts";
import { makeSmallModel, type SmallModel } from "../support/small-model.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { putAliases } from "./support/publish.ts";
import { type ReadFault, type WatchedBucket, watchBucket } from "./support/watched-bucket.ts";

const RETRY_MS = 30_000;
const ID = "tiny";
const [OLD, GOOD, BROKEN] = ["1.0.0", "1.1.0", "1.2.0"];
const at = (version: string) => ({ model: ID, version });
const keyOf = (file: string) => versionFileKey({ id: ID, version: BROKEN as string }, file);
const MANIFEST = keyOf("manifest.json");
const GRAPH = keyOf("fp32.onnx");

/** Small, because each test decodes it many times. */
const PHOTO = Uint8Array.from(
  encodePng({
    width: 32,
    height: 32,
    data: Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 7) % 256),
    channels: 3,
    depth: 8,
  }),
);

let watched: WatchedBucket;

const made = new Map<string, Promise<SmallModel>>();

/** Makes each network once for all tests. */
function makeOnce(version: string, bias = 0): Promise<SmallModel> {
  const key = `${version} ${bias}`;
  const model = made.get(key) ?? makeSmallModel({ id: ID, version, bias });
  made.set(key, model);
  return model;
}

async function publish(version: string, bias = 0): Promise<ModelManifest> {
  const { manifest, files } = await makeOnce(version, bias);
  for (const [path, bytes] of files) await env.MODELS.put(versionFileKey(manifest, path), bytes);
  await putManifest(manifest);
  return manifest;
}

async function putManifest(manifest: object & { readonly version: string }): Promise<void> {
  const key = versionFileKey({ id: ID, version: manifest.version }, "manifest.json");
  await env.MODELS.put(key, JSON.stringify(manifest));
}

const change =
  (changes: (manifest: ModelManifest) => object, version = BROKEN) =>
  async () => {
    const { manifest } = await makeOnce(version as string);
    await putManifest({ ...manifest, ...changes(manifest) } as ModelManifest);
  };

const put = (key: string, content: string) => async () => void (await env.MODELS.put(key, content));
const remove = (key: string) => () => env.MODELS.delete(key);
const fail = (key: string, fault: ReadFault) => async () => void watched.faults.set(key, fault);

async function editGraph(edit: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const bytes = await (await env.MODELS.get(GRAPH))?.bytes();
  if (bytes) await env.MODELS.put(GRAPH, edit(bytes));
}

const outputs = (changes: object) =>
  change((manifest) => ({ outputs: { ...manifest.outputs, ...changes } }));

const FAULTS: readonly [what: string, breakIt: () => Promise<void>][] = [
  ["a missing manifest", remove(MANIFEST)],
  ["a manifest that is not JSON", put(MANIFEST, "{")],
  ["a manifest that is null", put(MANIFEST, "null")],
  ["a manifest with an unknown member", change(() => ({ unknown: 1 }))],
  [
    "the manifest of another version",
    async () => {
      const other = await env.MODELS.get(
        versionFileKey({ id: ID, version: OLD as string }, "manifest.json"),
      );
      await env.MODELS.put(MANIFEST, (await other?.text()) ?? "");
    },
  ],
  [
    "a manifest that is larger than memory",
    async () => void (await env.MODELS.put(MANIFEST, " ".repeat(5_000_000))),
  ],
  [
    "classes that the label table lacks",
    change(() => ({ labels: { table: "imagenet1k", classes: ["n00000001"] } })),
  ],
  ["a manifest that R2 fails to read", fail(MANIFEST, "throws")],
  ["a manifest that R2 refuses to read", fail(MANIFEST, "throws at once")],
  ["a manifest that breaks off", fail(MANIFEST, "breaks off")],
  ["a manifest that ends early", fail(MANIFEST, "ends early")],
  ["a missing model file", remove(GRAPH)],
  [
    "a model file with a flipped byte",
    () => editGraph((bytes) => bytes.with(100, (bytes[100] as number) ^ 1)),
  ],
  ["a truncated model file", () => editGraph((bytes) => bytes.subarray(0, 1000))],
  ["a longer model file", () => editGraph((bytes) => new Uint8Array([...bytes, 0]))],
  ["a model file that R2 fails to read", fail(GRAPH, "throws")],
  ["a model file that R2 refuses to read", fail(GRAPH, "throws at once")],
  ["a model file that breaks off", fail(GRAPH, "breaks off")],
  ["a model file that ends early", fail(GRAPH, "ends early")],
  [
    "a model file that is no graph",
    async () => {
      const bytes = new TextEncoder().encode("no graph");
      await env.MODELS.put(GRAPH, bytes);
      const hash = await sha256Hex(bytes);
      const file = { path: "fp32.onnx", bytes: bytes.byteLength, sha256: hash };
      await change(({ files }) => ({ files: { ...files, model: file } }))();
    },
  ],
  [
    "a model that is larger than the budget",
    change(({ files }) => ({
      files: { ...files, model: { ...files.model, bytes: 2_000_000_000 } },
    })),
  ],
  [
    "a crop that does not fit the graph",
    change(({ preprocess, input }) => ({
      preprocess: { ...preprocess, crop: 8 },
      input: { ...input, shape: [1, 3, 8, 8] },
    })),
  ],
  ["an unknown input", change(({ input }) => ({ input: { ...input, name: "nonesuch" } }))],
  ["an unknown output", outputs({ logits: "nonesuch" })],
  [
    "fewer classes than logits",
    change(() => ({ labels: { table: "imagenet1k", classes: ["n02123159", "n07920052"] } })),
  ],
  ["features that are a vector", outputs({ features: "logits" })],
  ["an embedding that is a feature map", outputs({ embedding: "features" })],
  ["logits that are not numbers", async () => void (await publish(BROKEN as string, Number.NaN))],
  [
    "preprocessing that overflows",
    change(({ preprocess }) => ({ preprocess: { ...preprocess, std: [1e-300, 1e-300, 1e-300] } })),
  ],
];

/** What the alias stands for; `answers` is the version that answers in place of the broken one. */
const ALIASES = {
  "with an earlier version": {
    aliases: { default: at(BROKEN as string) },
    history: [
      {
        at: "2026-01-01T00:00:00Z",
        by: "test",
        action: "promote" as const,
        name: "default",
        before: at(GOOD as string),
        after: at(BROKEN as string),
      },
    ],
    answers: GOOD,
  },
  "that is a split": {
    aliases: {
      default: [
        { ...at(BROKEN as string), weight: 9 },
        { ...at(GOOD as string), weight: 1 },
      ],
    },
    answers: GOOD,
  },
  "without an earlier version": { aliases: { default: at(BROKEN as string) }, answers: undefined },
};

const FIELDS = "model { version } predictions { confidence }";
const QUERIES = {
  classify: `query ($image: File!) { classify(image: { upload: $image }, topK: 1) { ${FIELDS} } }`,
  classifyMany: `query ($image: File!) { classifyMany(images: [{ upload: $image }]) { ... on Classification { ${FIELDS} } ... on ImageProblem { code } } }`,
  ensemble: `query ($image: File!) { classify(image: { upload: $image }, models: ["default"]) { ${FIELDS} } }`,
  heatmap: `query ($image: File!) { classify(image: { upload: $image }) { ${FIELDS} heatmap(id: "n07920052", size: 32) } }`,
};

async function ask(app: TestApp, document: string) {
  // Many clients, so that a split picks each of its arms.
  const client = { "x-client-id": String(Math.random()) };
  const { status, data, errors } = await app.upload(document, PHOTO, { headers: client });
  const [answer] = [data?.classify ?? data?.classifyMany].flat();
  return { status, version: answer?.model?.version, code: errors[0]?.extensions.code, errors };
}

/** Checks that nothing is untyped, and that the version that can answer does. */
async function expectAnswers(app: TestApp, version: string | undefined): Promise<void> {
  for (const [name, document] of Object.entries(QUERIES)) {
    const answer = await ask(app, document);
    const expected = version ? { status: 200, version, code: undefined } : { status: 503 };
    expect(answer, name).toMatchObject(expected);
    if (!version) expect(answer.code).toMatch(/^MODEL_(UNAVAILABLE|BUDGET)$/);
  }
  const labels = await app.query("{ labels { totalCount } models { id } }");
  expect(labels.status).not.toBe(500);
  for (const { extensions } of labels.errors) expect(extensions.code).toBe("MODEL_UNAVAILABLE");
  const ready = await app.fetch("/v2/health/ready");
  expect(ready.status).toBe(version ? 200 : 503);
  expect(await ready.text()).not.toMatch(/models\/|\.json|\.onnx/);
  expect(app.log.filter(({ event }) => event === "internal-error")).toEqual([]);
}

/** Makes the isolate know the aliases as they are now. */
async function refreshAliases(app: TestApp): Promise<void> {
  vi.setSystemTime(Date.now() + RETRY_MS);
  await app.query("{ models { id } }");
  await new Promise((resolve) => setTimeout(resolve, 20));
}

const start = () =>
  makeApp(
    { LOG_REQUESTS: "false", ALIASES_TTL_SECONDS: "30" },
    { MODELS: watched.bucket as never },
  );

beforeEach(async () => {
  // With a fake clock, it does not matter how long the requests take.
  vi.useFakeTimers({ toFake: ["Date"] });
  watched = watchBucket();
  const { objects } = await env.MODELS.list();
  await env.MODELS.delete(objects.map(({ key }) => key));
  for (const [i, version] of [OLD, GOOD, BROKEN].entries()) await publish(version as string, i);
});

afterEach(() => void vi.useRealTimers());

describe.each(FAULTS)("%s", (_, breakIt) => {
  it.each(Object.entries(ALIASES))(
    "does not affect the callers of an alias %s in a cold isolate",
    async (_, { answers, ...aliases }) => {
      await breakIt();
      await putAliases(aliases);
      const app = start();
      await expectAnswers(app, answers);
      await repair();
      await expectRecovery(app, answers);
    },
  );

  it.each(Object.entries(ALIASES))(
    "does not affect the callers of an alias %s in a warm isolate",
    async (_, { answers, ...aliases }) => {
      await breakIt();
      await putAliases({ aliases: { default: at(OLD as string) } });
      const app = start();
      await expectAnswers(app, OLD);
      await putAliases(aliases);
      await refreshAliases(app);
      await expectAnswers(app, answers);
      // Failures within the retry time do not add up.
      await expectAnswers(app, answers);
      await repair();
      await expectRecovery(app, answers);
    },
  );
});

async function repair(): Promise<void> {
  watched.faults.clear();
  await publish(BROKEN as string, 2);
}

async function expectRecovery(app: TestApp, fallback: string | undefined): Promise<void> {
  // If nothing else works, the very next request finds the version repaired.
  const first = await ask(app, QUERIES.classify);
  expect(first).toMatchObject({ status: 200, version: fallback ?? BROKEN });
  vi.setSystemTime(Date.now() + RETRY_MS);
  const versions = new Set<string>();
  for (let i = 0; i < 10 && !versions.has(BROKEN as string); i++) {
    versions.add((await ask(app, QUERIES.classify)).version);
  }
  expect(versions).toContain(BROKEN);
  const ready = await app.fetch("/v2/health/ready");
  expect(await ready.json()).toMatchObject({ ready: true, warnings: [] });
}

describe("aliases.json", () => {
  it.each([
    ["is not JSON", put("aliases.json", "{")],
    ["is missing", remove("aliases.json")],
    ["has no arms", put("aliases.json", '{"schemaVersion":1,"aliases":{"default":[]}}')],
    ["cannot be read", fail("aliases.json", "throws at once")],
    ["breaks off", fail("aliases.json", "breaks off")],
  ])("that %s stops a cold isolate only, and until it is repaired", async (_, breakIt) => {
    await putAliases({ aliases: { default: at(GOOD as string) } });
    const warm = start();
    await expectAnswers(warm, GOOD);
    await breakIt();
    await refreshAliases(warm);
    await expectAnswers(warm, GOOD);
    const cold = start();
    await expectAnswers(cold, undefined);
    watched.faults.clear();
    await putAliases({ aliases: { default: at(OLD as string) } });
    await expectAnswers(cold, OLD);
    await refreshAliases(warm);
    await expectAnswers(warm, OLD);
  });
});

it("all arms and earlier versions that are broken at once are each tried again", async () => {
  const versions = [OLD, GOOD, BROKEN] as string[];
  const broken = versions.map((version) => versionFileKey({ id: ID, version }, "manifest.json"));
  await putAliases({
    aliases: {
      default: [
        { ...at(BROKEN as string), weight: 1 },
        { ...at(GOOD as string), weight: 1 },
      ],
    },
    history: [
      {
        at: "2026-01-01T00:00:00Z",
        by: "test",
        action: "promote",
        name: "default",
        before: at(OLD as string),
        after: at(GOOD as string),
      },
    ],
  });
  const app = start();
  for (const key of broken) watched.faults.set(key, "throws");
  for (let i = 0; i < 5; i++) await expectAnswers(app, undefined);
  watched.faults.clear();
  for (let i = 0; i < 5; i++) expect((await ask(app, QUERIES.classify)).status).toBe(200);
  // Many failures in a short time must not keep an arm out of its split for long.
  vi.setSystemTime(Date.now() + RETRY_MS);
  const answered = new Set<string>();
  for (let i = 0; i < 30 && answered.size < 2; i++)
    answered.add((await ask(app, QUERIES.classify)).version);
  expect(answered).toEqual(new Set([GOOD, BROKEN]));
});

it("an ensemble is not answered by an earlier version whose classes mean something else", async () => {
  const classes = ["n02123159", "n07920052", "n04266014", "n04548280", "n04485082"];
  const renamed = classes.map((id, i) =>
    i === 0 ? { id, synset: "n04485082", names: { en: ["tripod"] } } : id,
  );
  await change(() => ({ labels: { table: "imagenet1k", classes: renamed } }), OLD)();
  const app = start();
  await putAliases({
    aliases: { default: at(BROKEN as string), other: at(GOOD as string) },
    history: [
      {
        at: "2026-01-01T00:00:00Z",
        by: "test",
        action: "promote",
        name: "default",
        before: at(OLD as string),
        after: at(BROKEN as string),
      },
    ],
  });
  await editGraph((bytes) => bytes.with(100, (bytes[100] as number) ^ 1));
  const both = QUERIES.ensemble.replace('["default"]', '["default", "other"]');
  const answer = await ask(app, both);
  expect(answer).toMatchObject({ status: 503, code: "MODEL_UNAVAILABLE" });
  expect((await ask(app, QUERIES.classify)).version).toBe(OLD);
});

it("every manifest of the tests is valid unless it is meant to be invalid", async () => {
  expect(manifestSchema.safeParse((await makeSmallModel()).manifest).success).toBe(true);
});
