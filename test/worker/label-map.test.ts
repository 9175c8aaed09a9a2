/** A label map that cannot be read changes names back, but stops nothing. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeApp, type TestApp } from "./support/make-app.ts";
import { publishSmall, putAliases } from "./support/publish.ts";
import { readRepoFile } from "./support/repo-file.ts";
import { type WatchedBucket, watchBucket } from "./support/watched-bucket.ts";

const KEY = "label-maps/shop.json";
const MAP = JSON.stringify({ n07920052: { en: "Our espresso" } });
const RETRY_MS = 30_000;

let watched: WatchedBucket;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  watched = watchBucket();
  await env.MODELS.put(KEY, MAP);
  await publishSmall();
  await putAliases({ aliases: { default: { model: "small", version: "1.0.0" } } });
});

afterEach(() => void vi.useRealTimers());

const start = (settings: object = { LABEL_MAP: "shop" }) =>
  makeApp({ ALIASES_TTL_SECONDS: "30", ...settings }, { MODELS: watched.bucket as never });

async function nameOfEspresso(app: TestApp): Promise<string> {
  const { status, data, errors } = await app.query(
    '{ labels(search: "n07920052") { nodes { label } } }',
  );
  expect(errors).toEqual([]);
  expect(status).toBe(200);
  return data.labels.nodes[0].label;
}

async function expectService(app: TestApp): Promise<void> {
  const document =
    "query ($image: File!) { classify(image: { upload: $image }) { predictions { label } } }";
  const photo = await readRepoFile("examples/espresso.jpg");
  expect(await app.upload(document, photo)).toMatchObject({ status: 200, errors: [] });
  const ready = await app.fetch("/v2/health/ready");
  expect(ready.status).toBe(200);
  const { warnings } = (await ready.json()) as { warnings: object[] };
  expect(warnings).toEqual([
    expect.objectContaining({ labelMap: "shop", code: "MODEL_UNAVAILABLE" }),
  ]);
  expect(JSON.stringify(warnings)).not.toContain(KEY);
}

const FAULTS: readonly [what: string, breakIt: () => Promise<unknown> | unknown][] = [
  ["is missing", () => env.MODELS.delete(KEY)],
  ["is not JSON", () => env.MODELS.put(KEY, "{")],
  ["is a list", () => env.MODELS.put(KEY, "[]")],
  ["has an empty name", () => env.MODELS.put(KEY, '{"n07920052":{"en":""}}')],
  ["has an unknown language", () => env.MODELS.put(KEY, '{"n07920052":{"fr":"Express"}}')],
  ["is too large", () => env.MODELS.put(KEY, " ".repeat(5_000_000))],
  ["cannot be read", () => watched.faults.set(KEY, "throws at once")],
  ["breaks off", () => watched.faults.set(KEY, "breaks off")],
];

it.each(FAULTS)(
  "a label map that %s leaves the classes their names until it is repaired",
  async (_, breakIt) => {
    await breakIt();
    const app = start();
    expect(await nameOfEspresso(app)).toBe("espresso");
    await expectService(app);
    // It is not read again with every request.
    expect(watched.operations.filter((operation) => operation === `get ${KEY}`)).toHaveLength(1);
    const bad = app.log.filter(({ event }) => event === "label-map-bad");
    expect(bad).toHaveLength(1);
    expect(bad[0]?.reason).toContain(KEY);
    watched.faults.clear();
    await env.MODELS.put(KEY, MAP);
    vi.setSystemTime(Date.now() + RETRY_MS);
    expect(await nameOfEspresso(app)).toBe("Our espresso");
    const ready = await app.fetch("/v2/health/ready");
    expect(await ready.json()).toMatchObject({ ready: true, warnings: [] });
  },
);

it("a missing label map that a manifest names stops nothing either", async () => {
  await env.MODELS.delete(KEY);
  const labels = { table: "imagenet1k", map: "shop" };
  await publishSmall("1.0.0", {
    labels: {
      ...labels,
      classes: ["n02123159", "n07920052", "n04266014", "n04548280", "n04485082"],
    },
  });
  const app = start({});
  expect(await nameOfEspresso(app)).toBe("espresso");
  await expectService(app);
});
