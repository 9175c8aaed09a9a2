import { describe, expect, it } from "vitest";
import { readLabelSources } from "../../cli/platform/label-sources.ts";
import { labelSpecSchema } from "../../src/labels/class-spec.ts";
import { findDisagreement } from "../../src/labels/compare-classes.ts";
import { countClasses, labelClasses, synsetOf } from "../../src/labels/label-classes.ts";
import { applyLabelMap, labelMapSchema } from "../../src/labels/label-map.ts";
import { searchLabels } from "../../src/labels/label-search.ts";

const sources = await readLabelSources();
const label = (spec: object) => labelClasses(labelSpecSchema.parse(spec), sources);
const PAPERS = {
  classes: [
    { id: "invoice", names: { en: ["invoice", "bill"], zh: ["发票"] }, parent: "paper" },
    { id: "receipt", names: { zh: ["收据"] }, parent: "paper" },
    "contract",
  ],
  kinds: [
    { id: "paper", names: { en: ["business paper"] }, parent: "document" },
    { id: "document" },
  ],
};

describe("labelClasses", () => {
  it("uses the whole table if the model lists no classes", () => {
    const labels = label({ table: "imagenet1k" });
    expect(labels).toHaveLength(1000);
    expect(labels[281]).toMatchObject({ id: "n02123045", synset: "n02123045" });
    expect(labels[281]?.names.ZH[0]).toBe("虎斑猫");
    expect(labels[281]?.ancestors[0]?.names.EN[0]).toBe("domestic cat");
  });

  it("completes missing names from the other language, or from the id", () => {
    expect(label(PAPERS).map(({ names }) => names)).toEqual([
      { EN: ["invoice", "bill"], ZH: ["发票"] },
      { EN: ["收据"], ZH: ["收据"] },
      { EN: ["contract"], ZH: ["contract"] },
    ]);
  });

  it("finds ancestors in the model's own kinds, and none for a class without a parent", () => {
    const [invoice, , contract] = label(PAPERS);
    expect(invoice?.ancestors.map(({ id }) => id)).toEqual(["paper", "document"]);
    expect(invoice).toMatchObject({ synset: undefined });
    expect(contract?.ancestors).toEqual([]);
  });

  it("finds ancestors in WordNet for a parent or a synset from WordNet", () => {
    const [poodle, tabby] = label({
      classes: [
        { id: "cavapoo", parent: "n02084071" },
        { id: "tiger", synset: "n02123045" },
      ],
    });
    expect(poodle?.ancestors.map(({ names }) => names.EN[0])).toEqual([
      "dog",
      "canine",
      "carnivore",
      "mammal",
      "vertebrate",
      "animal",
    ]);
    expect(tabby?.ancestors[0]?.names.EN[0]).toBe("domestic cat");
    expect(tabby?.names.EN[0]).toBe("tabby");
  });

  it("does not treat an id as a synset if the model does not use the table", () => {
    const [tench] = label({ classes: ["n01440764", "n01443537"] });
    expect(tench).toMatchObject({ synset: undefined, ancestors: [], names: { EN: ["n01440764"] } });
  });

  it.each<[what: string, spec: object, reason: RegExp]>([
    ["a class that the table lacks", { table: "imagenet1k", classes: ["n1", "n2"] }, /no class n1/],
    ["an unknown parent", { classes: [{ id: "a", parent: "x" }, "b"] }, /parent "x" of "a"/],
  ])("rejects %s", (_what, spec, reason) => {
    expect(() => label(spec)).toThrow(reason);
  });
});

describe("labelSpecSchema", () => {
  it.each<[what: string, spec: object]>([
    ["neither a table nor classes", {}],
    ["a duplicate class", { classes: ["a", { id: "a" }] }],
    ["a kind with the id of a class", { classes: ["a", "b"], kinds: [{ id: "a" }] }],
    ["a kind that is a kind of itself", { classes: ["a", "b"], kinds: [{ id: "k", parent: "k" }] }],
    ["a single class", { classes: ["a"] }],
    ["an empty id", { classes: ["", "b"] }],
    ["an id with a line break", { classes: ["a\nb", "c"] }],
    ["an id with whitespace at its end", { classes: ["a ", "b"] }],
    ["an id of 101 characters", { classes: ["a".repeat(101), "b"] }],
    ["a synset that is not one", { classes: [{ id: "a", synset: "dog" }, "b"] }],
  ])("rejects %s", (_what, spec) => {
    expect(labelSpecSchema.safeParse(spec).success).toBe(false);
  });
});

describe("findDisagreement", () => {
  const imagenet = label({ table: "imagenet1k" });

  it("returns undefined for a subset of the same classes in another order", () => {
    const part = label({ table: "imagenet1k", classes: ["n02123045", "n01440764"] });
    expect(findDisagreement(imagenet, part)).toBeUndefined();
  });

  it("reports that two models have no class in common", () => {
    expect(findDisagreement(imagenet, label(PAPERS))).toBe("they have no class in common");
  });

  it("reports the id that means different classes", () => {
    const digits = (...names: string[]) =>
      label({ classes: names.map((name, i) => ({ id: String(i), names: { en: [name] } })) });
    expect(findDisagreement(digits("cup", "mug"), digits("cup", "jug"))).toMatch(
      /the class "1" is "mug" in one and "jug" in the other/,
    );
  });
});

describe("countClasses", () => {
  it("counts the classes of a model or of the table", () => {
    expect(countClasses(labelSpecSchema.parse(PAPERS), sources.table)).toBe(3);
    expect(countClasses({ table: "imagenet1k" }, sources.table)).toBe(1000);
  });
});

describe("synsetOf", () => {
  it("returns the synset of a class, or undefined if it has none", () => {
    expect(synsetOf({ table: "imagenet1k" }, "n02123045")).toBe("n02123045");
    expect(synsetOf({ classes: ["a", { id: "b", synset: "n02123045" }] }, "b")).toBe("n02123045");
    expect(synsetOf({ classes: ["n02123045", "b"] }, "n02123045")).toBeUndefined();
  });
});

describe("applyLabelMap", () => {
  it("renames classes by any id", () => {
    const labels = label({ classes: ["constructor", "cup"] });
    const renamed = applyLabelMap(labels, labelMapSchema.parse({ cup: { zh: "杯子" } }));
    expect(renamed.map(({ names }) => names.ZH)).toEqual([["constructor"], ["杯子", "cup"]]);
  });
});

describe("searchLabels", () => {
  it("finds classes by id, by name and by synset", () => {
    const labels = label({
      ...PAPERS,
      classes: [...PAPERS.classes, { id: "t", synset: "n02123045" }],
    });
    const find = (search: string) => searchLabels(labels, search).map(({ id }) => id);
    expect(find("INVO")).toEqual(["invoice"]);
    expect(find("收")).toEqual(["receipt"]);
    expect(find("n02123")).toEqual(["t"]);
    expect(find(" ")).toHaveLength(4);
  });
});
