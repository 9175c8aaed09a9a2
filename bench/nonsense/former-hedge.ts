/** The rule of version 0.1: the most specific kind that reaches the threshold, however broad it is. */
import type { HedgedAnswer } from "../../src/answers/hedge.ts";
import type { ClassLabel, Kind } from "../../src/labels/class-label.ts";

/** @returns the answer at the threshold, for comparison with `findKinds` and `hedge` */
export function hedgeAsFormerly(
  labels: readonly ClassLabel[],
  probabilities: Float64Array,
  threshold: number,
): HedgedAnswer | undefined {
  const sums = new Map<Kind, { classes: number; confidence: number }>();
  labels.forEach(({ ancestors }, i) => {
    for (const kind of ancestors) {
      const { classes = 0, confidence = 0 } = sums.get(kind) ?? {};
      sums.set(kind, { classes: classes + 1, confidence: confidence + (probabilities[i] ?? 0) });
    }
  });
  const [best] = [...sums]
    .map(([kind, sum]) => ({ kind, ...sum }))
    .filter(({ confidence }) => confidence >= threshold)
    .sort((a, b) => a.classes - b.classes || b.confidence - a.confidence);
  return best && { kind: best.kind, confidence: best.confidence };
}
