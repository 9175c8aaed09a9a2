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
  const answer = hedge(findKinds(CLASSES, Float64Array.from(probabilities)), threshold);
  return answer && [answer.kind.id, Number(answer.confidence.toFixed(6))];
}

describe("findKinds", () => {
  it("returns the kinds that can be an answer, most specific first", () => {
    const kinds = findKinds(CLASSES, Float64Array.of(0.1, 0.1, 0.5, 0.2, 0.1));
    // "dog" has more classes than "cat" and is less probable, so it is never an answer.
    expect(kinds.map(({ kind }) => kind.id)).toEqual(["cat", "animal"]);
    expect(kinds.map(({ confidence }) => confidence.toFixed(6))).toEqual(["0.500000", "0.900000"]);
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
    ["a kind that reaches the threshold exactly", [0.25, 0.25, 0, 0, 0.5], 0.5, ["dog", 0.5]],
    ["the more probable of two specific kinds", [0.1, 0.1, 0.5, 0.2, 0.1], 0.1, ["cat", 0.5]],
    ["a confidence of at most 1", [0.1, 0.2, 0.3, 0.4, 1e-17], 1, ["animal", 1]],
  ] as const)("returns %s", (_name, probabilities, threshold, expected) => {
    expect(ask([...probabilities], threshold)).toEqual(expected);
  });

  it("counts the classes of the model, not those of the hierarchy", () => {
    const [kind] = findKinds(["pug", "eagle"].map(label), Float64Array.of(0.5, 0.5));
    expect(kind?.kind.id).toBe("dog");
  });
});
