import { describe, expect, it } from "vitest";
import { findKinds, hedge } from "../../src/answers/hedge.ts";
import type { ClassLabel } from "../../src/labels/class-label.ts";
import { parseHierarchy } from "../../src/labels/hierarchy.ts";

/** animal: (dog: pug, boxer), (cat: tabby), eagle; and hammer, without a parent. */
const HIERARCHY = parseHierarchy(`synset\tparent\ten\tzh
animal\t\tanimal\t动物
dog\tanimal\tdog\t狗
cat\tanimal\tcat\t猫
pug\tdog
boxer\tdog
tabby\tcat
eagle\tanimal
hammer
`);
const label = (id: string): ClassLabel => ({
  id,
  synset: id,
  names: { EN: [id], ZH: [id] },
  ancestors: HIERARCHY.ancestors(id),
});
const CLASSES = ["pug", "boxer", "tabby", "eagle", "hammer"].map(label);

function ask(probabilities: number[], threshold: number) {
  const answer = hedge(findKinds(CLASSES, Float64Array.from(probabilities), undefined), threshold);
  return answer && [answer.kind.id, Number(answer.confidence.toFixed(6))];
}

describe("findKinds", () => {
  it("returns the kinds that can be an answer, most specific first", () => {
    const kinds = findKinds(CLASSES, Float64Array.of(0.1, 0.1, 0.7, 0.09, 0.01), undefined);
    // "dog" has more classes than "cat" and is less probable, so it is never an answer.
    expect(kinds.map(({ kind }) => kind.id)).toEqual(["cat", "animal"]);
    expect(kinds.map(({ confidence }) => confidence.toFixed(6))).toEqual(["0.700000", "0.990000"]);
  });

  it("returns none for an image that is unlike the model's photos", () => {
    expect(findKinds(CLASSES, Float64Array.of(0.1, 0.1, 0.7, 0.09, 0.01), false)).toEqual([]);
  });
});

describe("hedge", () => {
  it.each([
    [
      "the most specific kind that reaches the threshold",
      [0.5, 0.44, 0.03, 0.02, 0.01],
      0.9,
      ["dog", 0.94],
    ],
    ["a wider kind if no specific one does", [0.4, 0.2, 0.3, 0.09, 0.01], 0.9, ["animal", 0.99]],
    ["undefined if no kind does", [0.2, 0.2, 0.1, 0.1, 0.4], 0.9, undefined],
    ["a kind that reaches the threshold exactly", [0.5, 0.375, 0, 0, 0.125], 0.875, ["dog", 0.875]],
    ["the more specific of two kinds", [0.1, 0.1, 0.75, 0.04, 0.01], 0.1, ["cat", 0.75]],
    ["a confidence of at most 1", [0.1, 0.2, 0.3, 0.4, 1e-17], 1, ["animal", 1]],
  ] as const)("returns %s", (_name, probabilities, threshold, expected) => {
    expect(ask([...probabilities], threshold)).toEqual(expected);
  });

  it("counts the classes of the model, not those of the hierarchy", () => {
    const classes = ["pug", "eagle", "hammer"].map(label);
    const [kind] = findKinds(classes, Float64Array.of(0.8, 0.1, 0.1), undefined);
    expect(kind?.kind.id).toBe("dog");
  });
});

describe("a kind beats its share of the classes", () => {
  /** A model with `inside` classes beneath one kind, and others without a kind. */
  function kindsOf(inside: number, all: number, probability: number, familiar?: boolean) {
    const animal = { id: "animal", synset: undefined, names: { EN: ["animal"], ZH: ["动物"] } };
    const classes = Array.from({ length: all }, (_, i) => ({
      ...label(`class ${i}`),
      ancestors: i < inside ? [animal] : [],
    }));
    const probabilities = classes.map((_, i) =>
      i < inside ? probability / inside : (1 - probability) / (all - inside),
    );
    return findKinds(classes, Float64Array.from(probabilities), familiar).map(
      ({ kind }) => kind.id,
    );
  }

  it.each([
    [2, 3],
    [20, 100],
    [118, 1000],
    [522, 1000],
  ])("or is no answer: %i of %i classes of a network that knows nothing", (inside, all) => {
    expect(kindsOf(inside, all, inside / all)).toEqual([]);
  });

  it.each([
    // Odds of 2 by chance, so 10 are needed.
    [2, 3, 0.9, 0.92],
    [20, 100, 0.55, 0.56],
    [200, 1000, 0.55, 0.56],
    // More than 200 classes: 15 times the odds by chance.
    [250, 1000, 0.832, 0.834],
    [500, 1000, 0.937, 0.938],
  ])("by a margin: %i of %i classes at %f, but not at less", (inside, all, below, enough) => {
    expect(kindsOf(inside, all, below)).toEqual([]);
    expect(kindsOf(inside, all, enough)).toEqual(["animal"]);
  });

  it("or is no answer: more than half of many classes, or all", () => {
    expect(kindsOf(501, 1000, 1)).toEqual([]);
    expect(kindsOf(3, 3, 1)).toEqual([]);
  });

  it("by the smaller margin however broad it is, if the image is familiar", () => {
    // 5 times the odds of 522 in 1000 are 5.46, which is a probability of 84.5 %.
    expect(kindsOf(522, 1000, 0.85, true)).toEqual(["animal"]);
    expect(kindsOf(522, 1000, 0.84, true)).toEqual([]);
    expect(kindsOf(250, 1000, 0.7, true)).toEqual(["animal"]);
    expect(kindsOf(1000, 1000, 1, true)).toEqual([]);
  });

  it("if it is half of few classes, or more", () => {
    expect(kindsOf(2, 3, 0.95)).toEqual(["animal"]);
    expect(kindsOf(200, 210, 1)).toEqual(["animal"]);
  });
});
