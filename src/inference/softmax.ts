/**
 * Softmax of a vector of logits, shifted by the maximum so that no exponential overflows.
 *
 * @param logits - [N], finite
 * @returns [N] probabilities that sum to 1 within float64 rounding
 */
export function softmax(logits: Float32Array): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > max) max = logit;
  const probabilities = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const value = Math.exp((logits[i] as number) - max);
    probabilities[i] = value;
    sum += value;
  }
  for (let i = 0; i < probabilities.length; i++)
    probabilities[i] = (probabilities[i] as number) / sum;
  return probabilities;
}
