/** How many operations on R2 callers can cause: the operator pays for each. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeApp } from "./support/make-app.ts";
import { publishSmall, putAliases } from "./support/publish.ts";
import { type WatchedBucket, watchBucket } from "./support/watched-bucket.ts";

let watched: WatchedBucket;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  watched = watchBucket();
  const { objects } = await env.MODELS.list();
  await env.MODELS.delete(objects.map(({ key }) => key));
  for (const version of ["1.0.0", "1.1.0"]) await publishSmall(version);
  await putAliases({ aliases: { default: { model: "small", version: "1.0.0" } } });
});

afterEach(() => void vi.useRealTimers());

const start = (ttl: string) =>
  makeApp({ ALIASES_TTL_SECONDS: ttl }, { MODELS: watched.bucket as never });

const count = (kind: string) => watched.operations.filter((name) => name.startsWith(kind)).length;
const times = (n: number, field: (i: number) => string) =>
  `{ ${Array.from({ length: n }, (_, i) => `f${i}: ${field(i)}`).join(" ")} }`;

it.each(["0", "30"])(
  "nine fields of models, the most that a request may have, list the bucket once, with a TTL of %s s",
  async (ttl) => {
    const app = start(ttl);
    const { data, errors } = await app.query(times(9, () => "models { id version }"));
    expect(errors).toEqual([]);
    expect(data.f8).toHaveLength(2);
    expect(count("list")).toBe(1);
    expect(count("get models/")).toBe(2);
    expect(count("get aliases.json")).toBe(1);
  },
);

it("models lists the bucket again after the TTL only", async () => {
  const app = start("30");
  const versions = async () => (await app.query("{ models { version } }")).data.models.length;
  for (let i = 0; i < 5; i++) expect(await versions()).toBe(2);
  expect(watched.operations).toHaveLength(4);
  await publishSmall("1.2.0");
  vi.setSystemTime(Date.now() + 29_000);
  expect(await versions()).toBe(2);
  vi.setSystemTime(Date.now() + 1_000);
  expect(await versions()).toBe(3);
  expect(count("list")).toBe(2);
});

it("any number of made-up versions costs one list in five seconds", async () => {
  const app = start("30");
  for (let round = 0; round < 3; round++) {
    const { errors } = await app.query(
      times(16, (i) => `labels(model: "small@9.${round}.${i}") { totalCount }`),
    );
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(
      new Set(["MODEL_NOT_FOUND"]),
    );
  }
  expect(count("list")).toBe(1);
  expect(count("head")).toBe(0);
  expect(count("get models/")).toBe(0);
});

it("a version that was published a moment ago is found within five seconds", async () => {
  const app = start("30");
  const ask = () => app.query('{ labels(model: "small@1.2.0") { totalCount } }');
  expect((await ask()).errors[0]?.extensions.code).toBe("MODEL_NOT_FOUND");
  await publishSmall("1.2.0");
  vi.setSystemTime(Date.now() + 5_000);
  expect((await ask()).data.labels.totalCount).toBe(5);
});

it("a list that fails leaves the old one in use, and is typed if there is none", async () => {
  watched.faults.set("models/", "throws");
  const cold = await start("30").query("{ models { id } }");
  expect(cold.status).toBe(503);
  expect(cold.errors[0]?.extensions).toEqual({ code: "MODEL_UNAVAILABLE" });
  watched.faults.clear();
  const app = start("30");
  await app.query("{ models { id } }");
  watched.faults.set("models/", "throws");
  vi.setSystemTime(Date.now() + 30_000);
  for (let i = 0; i < 3; i++) {
    expect((await app.query("{ models { id } }")).data.models).toHaveLength(2);
  }
  expect(count("list")).toBe(3);
});

it("a long name of a model is not sent back", async () => {
  const { errors } = await start("30").query(
    "query ($model: String) { labels(model: $model) { totalCount } }",
    {
      model: "x".repeat(100_000),
    },
  );
  expect(errors[0]?.extensions.code).toBe("MODEL_NOT_FOUND");
  expect(errors[0]?.message.length).toBeLessThan(400);
});
