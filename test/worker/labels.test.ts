import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { SMALL_CLASSES } from "../support/small-model.ts";
import { query } from "./support/graphql.ts";
import { publishSmall } from "./support/publish.ts";
import { seedBucket } from "./support/seed.ts";

const LABELS = `
  query ($search: String, $first: Int, $after: String, $model: String, $locale: Locale) {
    labels(search: $search, first: $first, after: $after, model: $model, locale: $locale) {
      totalCount
      nodes { synset classIndex label en: label(locale: EN) zh: label(locale: ZH) aliases }
      edges { cursor node { synset } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }`;

async function labels(variables: Record<string, unknown>) {
  const { data, errors } = await query(LABELS, variables);
  expect(errors).toEqual([]);
  return data.labels;
}

beforeAll(seedBucket);

describe("labels", () => {
  it("returns each class of the default model exactly once across pages", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await labels({ first: 300, after });
      expect(page.totalCount).toBe(1000);
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...page.nodes.map(({ synset }: { synset: string }) => synset));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(seen).size).toBe(1000);
    expect(seen[967]).toBe("n07920052");
  });

  it.each([
    ["an English name in any case", { search: "GOLF ball" }, "n03445777"],
    ["a Chinese name", { search: "高尔夫球" }, "n03445777"],
    ["a synset", { search: "n04254680" }, "n04254680"],
    ["another name", { search: "Carassius auratus" }, "n01443537"],
  ])("finds a class by %s", async (_name, variables, synset) => {
    const page = await labels(variables);
    expect(page.nodes.map((node: { synset: string }) => node.synset)).toContain(synset);
    expect(page.totalCount).toBeLessThan(10);
  });

  it("returns the names that Chinese speakers use, each only once", async () => {
    const { nodes } = await labels({ first: 1000 });
    const zh = new Map(nodes.map((node: { synset: string; zh: string }) => [node.synset, node.zh]));
    expect(zh.get("n04254680")).toBe("足球");
    expect(zh.get("n03445777")).toBe("高尔夫球");
    expect(zh.get("n03691459")).toBe("音箱");
    expect(new Set(zh.values()).size).toBe(1000);
  });

  it("returns the classes of another model in the order of that model", async () => {
    await publishSmall();
    const page = await labels({ model: "small@1.0.0", first: 1 });
    expect(page.totalCount).toBe(SMALL_CLASSES.length);
    expect(page.nodes[0]).toMatchObject({ synset: SMALL_CLASSES[0], classIndex: 0 });
  });

  it("returns an empty page if no class matches the search", async () => {
    expect(await labels({ search: "no class has this name" })).toMatchObject({
      totalCount: 0,
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it.each([
    [{ first: -1 }, "first"],
    [{ first: 1001 }, "first"],
    [{ after: "nonsense" }, "after"],
    [{ after: btoa("class:-1") }, "after"],
  ])("rejects %o with BAD_USER_INPUT", async (variables, argument) => {
    const { status, errors } = await query(LABELS, variables);
    expect(status).toBe(400);
    expect(errors[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", argument });
  });
});

describe("the label map of a manifest", () => {
  it("overrides names and keeps the old names as aliases", async () => {
    const key = "models/resnet18/1.0.0/manifest.json";
    const manifest = await (await env.MODELS.get(key))?.json<{ labels: object; version: string }>();
    if (!manifest) throw new Error("The manifest is missing.");
    manifest.labels = { ...manifest.labels, map: "aquarium" };
    manifest.version = "1.0.1";
    await env.MODELS.put(key.replace("1.0.0", "1.0.1"), JSON.stringify(manifest));
    await env.MODELS.put(
      "label-maps/aquarium.json",
      JSON.stringify({ n01440764: { en: "Tank 3: tench", zh: "三号缸" } }),
    );
    const { nodes } = await labels({ model: "resnet18@1.0.1", first: 2 });
    expect(nodes[0]).toMatchObject({ en: "Tank 3: tench", zh: "三号缸" });
    expect(nodes[0].aliases).toContain("tench");
    expect(nodes[1].en).toBe("goldfish");
  });
});
