/** One class and its probability. */
export type RankedClass = { readonly classIndex: number; readonly confidence: number };

/**
 * Returns the `k` most probable classes, most probable first. Equally probable classes are in class order.
 *
 * @param probabilities - [N]
 * @param k - 1 to N
 */
export function topK(probabilities: Float64Array, k: number): RankedClass[] {
  return Array.from(probabilities, (confidence, classIndex) => ({ classIndex, confidence }))
    .sort((a, b) => b.confidence - a.confidence || a.classIndex - b.classIndex)
    .slice(0, k);
}
