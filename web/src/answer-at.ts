import type { Answer, Classified, Prediction } from "./api/classify-photo.ts";

type Answers = Pick<Classified, "answer" | "answers">;

/**
 * What is answered: at a threshold, of the possible answers, which come most specific first, the first
 * that reaches it. The service decides by the same rule, so that a slider needs no request.
 *
 * @param threshold - undefined for what the models ask of their classes, which the service knows
 */
export function answerAt(
  { answer, answers }: Answers,
  threshold: number | undefined,
): Answer | undefined {
  if (threshold === undefined) return answer.kind === "UNKNOWN" ? undefined : answer;
  return answers.find(({ confidence }) => (confidence ?? 0) >= threshold);
}

/**
 * Whether a class is too improbable for an answer. Where none became the answer, all are: also those
 * that only a threshold of their own forbids.
 */
export function isBelow(
  { synset, confidence }: Prediction,
  answer: Answer | undefined,
  threshold: number,
): boolean {
  if (answer?.kind !== "CLASS") return true;
  return synset !== answer.synset && confidence < threshold;
}

/** What an answer must reach where nobody chose a threshold: the strictest of the models' own. */
export function recommendedThreshold(classified: readonly Pick<Classified, "votes">[]): number {
  const all = classified.flatMap(({ votes }) =>
    votes.map(({ model }) => model.recommendedThreshold),
  );
  return Math.max(0, ...all);
}
