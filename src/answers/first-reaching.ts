/**
 * The answer at a threshold: of the possible answers, most specific first, the first that reaches it.
 * The service and the page share this rule, so that moving the page's slider needs no request.
 *
 * @param threshold - 0 to 1; an answer without a confidence reaches none
 */
export function firstReaching<Answer extends { readonly confidence: number | null }>(
  answers: readonly Answer[],
  threshold: number,
): Answer | undefined {
  return answers.find(({ confidence }) => confidence !== null && confidence >= threshold);
}
