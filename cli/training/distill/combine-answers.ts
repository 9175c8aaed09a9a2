import { softmax } from "../../../src/inference/softmax.ts";

/**
 * Combines the logits of several networks: the logarithm of the weighted mean of their probabilities.
 *
 * @param answers - logits, [N, C], with weights whose sum is 1; one alone is returned as it is
 * @param classes - C
 * @returns logits, [N, C]
 */
export function combineAnswers(
  answers: readonly { readonly logits: Float32Array; readonly weight: number }[],
  classes: number,
): Float32Array {
  const [first] = answers;
  if (answers.length === 1 && first) return first.logits;
  const mean = new Float64Array(first?.logits.length ?? 0);
  for (const { logits, weight } of answers) {
    for (let start = 0; start < logits.length; start += classes) {
      const probabilities = softmax(logits.subarray(start, start + classes));
      for (const [i, value] of probabilities.entries()) {
        mean[start + i] = (mean[start + i] as number) + weight * value;
      }
    }
  }
  return Float32Array.from(mean, (value) => Math.log(Math.max(value, Number.MIN_VALUE)));
}
