import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseHierarchy } from "../../src/labels/hierarchy.ts";
import { parseLabelTable } from "../../src/labels/label-table.ts";
import { buildHierarchy } from "../../tools/hierarchy/build-hierarchy.ts";

const WORDNET = "/usr/share/wordnet/data.noun";
const read = (name: string) =>
  readFile(new URL(`../../models/labels/${name}`, import.meta.url), "utf8");
const tsv = await read("hierarchy.tsv");
const hierarchy = parseHierarchy(tsv);
const classes = parseLabelTable(await read("imagenet1k.tsv"));

const path = (synset: string) => hierarchy.ancestors(synset).map(({ names }) => names.EN[0]);

describe("hierarchy.tsv", () => {
  it.each([
    ["n02085620", ["toy dog", "dog", "canine", "carnivore", "mammal", "vertebrate", "animal"]],
    ["n02123045", ["domestic cat", "feline", "carnivore", "mammal", "vertebrate", "animal"]],
    ["n07920052", ["drink", "food"]],
    ["n07747607", ["citrus fruit", "fruit", "fruit or vegetable", "food"]],
    [
      "n02701002",
      [
        "car",
        "motor vehicle",
        "self-propelled vehicle",
        "wheeled vehicle",
        "vehicle",
        "means of transport",
        "device or equipment",
        "man-made object",
      ],
    ],
    ["n06794110", []],
  ])("has the expected ancestors of %s", (synset, expected) => {
    expect(path(synset)).toEqual(expected);
  });

  it("has ancestors for all classes except four", () => {
    const alone = classes.filter(({ synset }) => path(synset).length === 0);
    expect(alone.map(({ names }) => names.EN[0])).toEqual([
      "street sign",
      "traffic light",
      "bubble",
      "toilet tissue",
    ]);
  });

  it("names every kind in both languages, with distinct English names", () => {
    const kinds = new Map(
      classes.flatMap(({ synset }) => hierarchy.ancestors(synset)).map((kind) => [kind.id, kind]),
    );
    expect(kinds.size).toBe(322);
    for (const { names } of kinds.values()) expect(names.ZH[0]).toMatch(/^\p{Script=Han}+$/u);
    const english = [...kinds.values()].map(({ names }) => names.EN[0]);
    expect(new Set(english).size).toBe(english.length);
  });

  it.skipIf(!existsSync(WORDNET))(
    `matches the output of its generator for ${WORDNET} (Debian: wordnet-base)`,
    async () => {
      expect(await buildHierarchy(await readFile(WORDNET, "utf8"))).toBe(tsv);
    },
  );
});

describe("parseHierarchy", () => {
  const HEADER = "synset\tparent\ten\tzh";
  it.each([
    ["an unknown header", "synset\n"],
    ["a row with too many columns", `${HEADER}\nn1\t\ta\tb\tc\n`],
    ["a parent that is not a kind", `${HEADER}\nn1\tn2\n`],
    ["a cycle", `${HEADER}\nn1\tn2\ta\tb\nn2\tn1\tc\td\n`],
  ])("rejects %s", (_name, text) => {
    expect(() => parseHierarchy(text)).toThrow();
  });
});
