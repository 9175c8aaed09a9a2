import type { Answer } from "./api/classify-photo.ts";

/**
 * The answer at a threshold: of the possible ones, which come most specific first, the first that
 * reaches it. The service decides by the same rule, so that a slider needs no request.
 */
export function answerAt(answers: readonly Answer[], threshold: number): Answer | undefined {
  return answers.find(({ confidence }) => (confidence ?? 0) >= threshold);
}
