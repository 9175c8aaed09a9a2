import { describe, expect, it } from "vitest";
import type { PublishedModel } from "../../web/src/api/published-models.ts";
import { DEFAULT_CHOICE, mayBeSame, toQuestions } from "../../web/src/choice.ts";

const FILE = { architecture: "Small", bytes: 1000, origin: undefined };
const PHOTOS: PublishedModel = { ...FILE, name: "photos@1.0.0", isDefault: true, classes: 1000 };
const OLDER: PublishedModel = { ...FILE, name: "photos@0.9.0", isDefault: true, classes: 8 };
const DOCUMENTS: PublishedModel = {
  ...FILE,
  name: "documents@1.0.0",
  isDefault: false,
  classes: 3,
};
const ANIMALS: PublishedModel = { ...FILE, name: "animals@1.0.0", isDefault: false, classes: 277 };

describe("toQuestions", () => {
  it("asks one model", () => {
    expect(toQuestions(DEFAULT_CHOICE, [PHOTOS])).toEqual([
      { models: ["default"], framing: "CROP", topK: 10 },
    ]);
  });

  it("asks two models and their average if they are compared", () => {
    const choice = { ...DEFAULT_CHOICE, other: ANIMALS.name };
    expect(toQuestions(choice, [PHOTOS, ANIMALS]).map(({ models }) => models)).toEqual([
      ["default"],
      [ANIMALS.name],
      ["default", ANIMALS.name],
    ]);
  });

  it("asks for no more predictions than a model, or the larger of two, has classes", () => {
    const choice = { ...DEFAULT_CHOICE, model: DOCUMENTS.name, other: ANIMALS.name };
    expect(toQuestions(choice, [DOCUMENTS, ANIMALS]).map(({ topK }) => topK)).toEqual([3, 10, 10]);
  });

  it("expects the smallest of the versions between which the default is split", () => {
    const [question] = toQuestions(DEFAULT_CHOICE, [PHOTOS, OLDER, DOCUMENTS]);
    expect(question?.topK).toBe(8);
  });

  it("asks for ten predictions as long as the models are not known", () => {
    expect(toQuestions(DEFAULT_CHOICE, [])[0]?.topK).toBe(10);
  });
});

describe("mayBeSame", () => {
  const models = [PHOTOS, DOCUMENTS];

  it.each<[a: string, b: string, expected: boolean]>([
    ["default", "default", true],
    ["default", PHOTOS.name, true],
    [PHOTOS.name, "default", true],
    ["default", DOCUMENTS.name, false],
    [PHOTOS.name, DOCUMENTS.name, false],
    ["", PHOTOS.name, false],
  ])("of %j and %j is %s", (a, b, expected) => {
    expect(mayBeSame(a, b, models)).toBe(expected);
  });
});
