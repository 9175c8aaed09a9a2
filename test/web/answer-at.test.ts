import { describe, expect, it } from "vitest";
import { answerAt, isBelow, recommendedThreshold } from "../../web/src/answer-at.ts";
import type { Answer } from "../../web/src/api/classify-photo.ts";

const makeAnswer = (
  kind: Answer["kind"],
  id: string | null,
  confidence: number | null,
): Answer => ({
  kind,
  id,
  synset: null,
  en: id ?? "unknown",
  zh: id ?? "无法确定",
  confidence,
});
const INVOICE = makeAnswer("CLASS", "invoice", 0.5);
const BILL = makeAnswer("ANCESTOR", "bill", 0.75);
const DOCUMENT = makeAnswer("ANCESTOR", "document", 0.9);
const UNKNOWN = makeAnswer("UNKNOWN", null, null);
const ANSWERS = [INVOICE, BILL, DOCUMENT];

describe("answerAt", () => {
  it.each<[threshold: number, expected: Answer | undefined]>([
    [0, INVOICE],
    [0.5, INVOICE],
    [0.51, BILL],
    [0.75, BILL],
    [0.9, DOCUMENT],
    [0.91, undefined],
  ])("gives the most specific answer that reaches %s", (threshold, expected) => {
    expect(answerAt({ answer: UNKNOWN, answers: ANSWERS }, threshold)).toBe(expected);
  });

  it("gives the answer of the service if nobody chose a threshold", () => {
    expect(answerAt({ answer: BILL, answers: ANSWERS }, undefined)).toBe(BILL);
    expect(answerAt({ answer: UNKNOWN, answers: ANSWERS }, undefined)).toBeUndefined();
  });
});

describe("isBelow", () => {
  const receipt = { id: "receipt", confidence: 0.3 };

  it("compares other classes than the answer with the threshold", () => {
    expect(isBelow(receipt, INVOICE, 0.3)).toBe(false);
    expect(isBelow(receipt, INVOICE, 0.31)).toBe(true);
  });

  it("is false for the answer even if it passed its own threshold", () => {
    expect(isBelow({ id: "invoice", confidence: 0.5 }, INVOICE, 0.9)).toBe(false);
  });

  it("is true for every class if no class is the answer", () => {
    expect(isBelow(receipt, BILL, 0)).toBe(true);
    expect(isBelow(receipt, undefined, 0)).toBe(true);
  });
});

describe("recommendedThreshold", () => {
  const voteOf = (recommended: number) => ({
    model: {
      id: "tiny",
      version: "1.0.0",
      engine: null,
      architecture: "ResNet-18",
      classes: 1000,
      recommendedThreshold: recommended,
    },
    prediction: { en: "invoice", zh: "发票", confidence: 0.5 },
  });

  it("is the highest of all models, also of those in an ensemble", () => {
    const columns = [{ votes: [voteOf(0.3)] }, { votes: [voteOf(0.2), voteOf(0.6)] }];
    expect(recommendedThreshold(columns)).toBe(0.6);
  });

  it("is 0 without models", () => {
    expect(recommendedThreshold([])).toBe(0);
  });
});
