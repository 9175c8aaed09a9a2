/**
 * Computes the softmax of logits. They are shifted by their maximum, so that no exponential overflows.
 *
 * @param logits - [N], finite
 * @param temperature - divides the logits: values above 1 lower the confidence, values below 1 raise it
 *   (Guo et al. 2017, "On calibration of modern neural networks")
 * @returns [N] probabilities that sum to 1 within float64 rounding
 */
export function softmax(logits: Float32Array, temperature = 1): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > max) max = logit;
  const probabilities = new Float64Array(logits.length);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    const value = Math.exp(((logits[i] as number) - max) / temperature);
    probabilities[i] = value;
    sum += value;
  }
  for (let i = 0; i < probabilities.length; i++)
    probabilities[i] = (probabilities[i] as number) / sum;
  return probabilities;
}
