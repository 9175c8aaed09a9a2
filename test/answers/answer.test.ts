import { describe, expect, it } from "vitest";
import { decide, possibleAnswers } from "../../src/answers/answer.ts";
import { firstReaching } from "../../src/answers/first-reaching.ts";
import { hedge as hedgeAt } from "../../src/answers/hedge.ts";

const RANKED = [
  { classIndex: 7, confidence: 0.5 },
  { classIndex: 1, confidence: 0.3 },
  { classIndex: 4, confidence: 0.2 },
];
const DOG = { id: "n02084071", synset: "n02084071", names: { EN: ["dog"], ZH: ["狗"] } };

describe("decide", () => {
  it.each([
    // threshold, recommended threshold, number of predictions, whether a class is the answer
    [undefined, 0.5, 3, true],
    [undefined, 0.51, 3, false],
    [0, 0.9, 3, true],
    [0.3, 0.9, 2, true],
    [0.31, 0.1, 1, true],
    [0.5, 0.9, 1, true],
    [0.51, 0.1, 0, false],
  ])(
    "with threshold %s and recommended threshold %s: %s predictions, answer is a class: %s",
    (threshold, recommendedThreshold, count, answered) => {
      const hedge = () => undefined;
      const { predictions, verdict } = decide({
        ranked: RANKED,
        threshold,
        recommendedThreshold,
        hedge,
      });
      expect(predictions).toEqual(RANKED.slice(0, count));
      expect(verdict).toEqual(answered ? { type: "CLASS", ...RANKED[0] } : { type: "UNKNOWN" });
    },
  );

  it("falls back to an ancestor that reaches the same threshold", () => {
    const asked: number[] = [];
    const hedge = (threshold: number) => {
      asked.push(threshold);
      return { kind: DOG, confidence: 0.94 };
    };
    const { verdict } = decide({
      ranked: RANKED,
      threshold: 0.9,
      recommendedThreshold: 0.1,
      hedge,
    });
    expect(verdict).toEqual({ type: "ANCESTOR", kind: DOG, confidence: 0.94 });
    expect(asked).toEqual([0.9]);
  });
});

describe("an image that is unlike the model's photos", () => {
  it.each([undefined, 0, 0.5, 1])(
    "is unknown at threshold %s, but keeps its predictions",
    (threshold) => {
      const { predictions, verdict } = decide({
        ranked: RANKED,
        threshold,
        recommendedThreshold: 0.1,
        familiar: false,
        hedge: () => ({ kind: DOG, confidence: 1 }),
      });
      expect(verdict).toEqual({ type: "UNKNOWN" });
      expect(predictions).toEqual(
        RANKED.filter(({ confidence }) => confidence >= (threshold ?? 0)),
      );
    },
  );
});

describe("possibleAnswers", () => {
  const kinds = [
    { kind: { ...DOG, id: "pug" }, confidence: 0.4 },
    { kind: DOG, confidence: 0.94 },
  ];
  const best = { classIndex: 7, confidence: 0.5 };

  it.each([true, false, undefined])(
    "lead to the verdict at every threshold, if the image is familiar: %s",
    (familiar) => {
      const answers = possibleAnswers(best, kinds, familiar);
      for (const threshold of [0, 0.4, 0.5, 0.51, 0.94, 0.95, 1]) {
        const { verdict } = decide({
          ranked: RANKED,
          threshold,
          recommendedThreshold: 0.9,
          familiar,
          hedge: (needed) => hedgeAt(kinds, needed),
        });
        const named = answers.filter((answer) => answer.type !== "UNKNOWN");
        expect(firstReaching(named, threshold) ?? { type: "UNKNOWN" }).toEqual(verdict);
      }
    },
  );
});
