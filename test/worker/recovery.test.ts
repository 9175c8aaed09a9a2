import { encode as encodePng } from "fast-png";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { manifestSchema } from "../../src/models/manifest.ts";
import { versionFileKey } from "../../src/models/version-ref.ts";
import { makeSmallModel } from "../support/small-model.ts";
import {
  at,
  BROKEN,
  change,
  editGraph,
  FAULTS,
  failReads,
  GOOD,
  ID,
  OLD,
  publishAll,
  putText,
  removeObject,
  repair,
  watched,
} from "./support/broken-version.ts";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { putAliases } from "./support/publish.ts";

const RETRY_MS = 30_000;
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

/** What the alias stands for; `answers` is the version that answers in place of the broken one. */
const ALIASES = {
  "with an earlier version": {
    aliases: { default: at(BROKEN) },
    history: [
      {
        at: "2026-01-01T00:00:00Z",
        by: "test",
        action: "promote" as const,
        name: "default",
        before: at(GOOD),
        after: at(BROKEN),
      },
    ],
    answers: GOOD,
  },
  "that is a split": {
    aliases: {
      default: [
        { ...at(BROKEN), weight: 9 },
        { ...at(GOOD), weight: 1 },
      ],
    },
    answers: GOOD,
  },
  "without an earlier version": { aliases: { default: at(BROKEN) }, answers: undefined },
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
  await publishAll();
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
      await putAliases({ aliases: { default: at(OLD) } });
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

async function expectRecovery(app: TestApp, fallback: string | undefined): Promise<void> {
  // If nothing else works, the very next request finds the version repaired.
  const first = await ask(app, QUERIES.classify);
  expect(first).toMatchObject({ status: 200, version: fallback ?? BROKEN });
  vi.setSystemTime(Date.now() + RETRY_MS);
  const versions = new Set<string>();
  for (let i = 0; i < 10 && !versions.has(BROKEN); i++) {
    versions.add((await ask(app, QUERIES.classify)).version);
  }
  expect(versions).toContain(BROKEN);
  const ready = await app.fetch("/v2/health/ready");
  expect(await ready.json()).toMatchObject({ ready: true, warnings: [] });
}

describe("aliases.json", () => {
  it.each([
    ["is not JSON", putText("aliases.json", "{")],
    ["is missing", removeObject("aliases.json")],
    ["has no arms", putText("aliases.json", '{"schemaVersion":1,"aliases":{"default":[]}}')],
    ["cannot be read", failReads("aliases.json", "throws at once")],
    ["breaks off", failReads("aliases.json", "breaks off")],
  ])("that %s stops a cold isolate only, and until it is repaired", async (_, breakIt) => {
    await putAliases({ aliases: { default: at(GOOD) } });
    const warm = start();
    await expectAnswers(warm, GOOD);
    await breakIt();
    await refreshAliases(warm);
    await expectAnswers(warm, GOOD);
    const cold = start();
    await expectAnswers(cold, undefined);
    watched.faults.clear();
    await putAliases({ aliases: { default: at(OLD) } });
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
        { ...at(BROKEN), weight: 1 },
        { ...at(GOOD), weight: 1 },
      ],
    },
    history: [
      {
        at: "2026-01-01T00:00:00Z",
        by: "test",
        action: "promote",
        name: "default",
        before: at(OLD),
        after: at(GOOD),
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
    aliases: { default: at(BROKEN), other: at(GOOD) },
    history: [
      {
        at: "2026-01-01T00:00:00Z",
        by: "test",
        action: "promote",
        name: "default",
        before: at(OLD),
        after: at(BROKEN),
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
