import { firstReaching } from "../../src/answers/first-reaching.ts";
import type { Answer, Classified, Prediction } from "./api/classify-photo.ts";

/**
 * The answer to show; undefined for "not sure".
 *
 * @param threshold - undefined to leave it to the service, which knows the thresholds of single classes
 */
export function answerAt(
  { answer, answers }: Pick<Classified, "answer" | "answers">,
  threshold: number | undefined,
): Answer | undefined {
  if (threshold === undefined) return answer.kind === "UNKNOWN" ? undefined : answer;
  return firstReaching(answers, threshold);
}

/**
 * Whether a class is too improbable to be the answer. If no class is the answer, all of them are, even
 * those that only their own threshold rules out.
 */
export function isBelow(
  { id, confidence }: Pick<Prediction, "id" | "confidence">,
  answer: Pick<Answer, "kind" | "id"> | undefined,
  threshold: number,
): boolean {
  if (answer?.kind !== "CLASS") return true;
  return id !== answer.id && confidence < threshold;
}

/** Where the threshold starts: the highest one that a model recommends. */
export function recommendedThreshold(classified: readonly Pick<Classified, "votes">[]): number {
  const all = classified.flatMap(({ votes }) =>
    votes.map(({ model }) => model.recommendedThreshold),
  );
  return Math.max(0, ...all);
}
