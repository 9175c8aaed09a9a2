import { describe, expect, it } from "vitest";
import { decide } from "../../src/inference/answer.ts";

const RANKED = [
  { classIndex: 7, confidence: 0.5 },
  { classIndex: 1, confidence: 0.3 },
  { classIndex: 4, confidence: 0.2 },
];

describe("decide", () => {
  it.each([
    // threshold, recommended, how many predictions, whether there is an answer
    [undefined, 0.5, 3, true],
    [undefined, 0.51, 3, false],
    [0, 0.9, 3, true],
    [0.3, 0.9, 2, true],
    [0.31, 0.1, 1, true],
    [0.5, 0.9, 1, true],
    [0.51, 0.1, 0, false],
  ])(
    "threshold %s, recommended %s: %s predictions, answer %s",
    (threshold, recommended, count, answered) => {
      const { predictions, answer } = decide(RANKED, threshold, recommended);
      expect(predictions).toEqual(RANKED.slice(0, count));
      expect(answer).toEqual(answered ? RANKED[0] : undefined);
    },
  );
});
