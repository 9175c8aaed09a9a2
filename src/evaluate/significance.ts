/** What accuracies on few photos can tell. */

/** Of a normal distribution: 95 % lie within so many standard deviations. */
const Z = 1.959963984540054;

/**
 * The interval that holds the true share with 95 % confidence.
 *
 * Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 *
 * @param total - at least 1
 * @returns [lowest, highest], from 0 to 1
 */
export function wilsonInterval(right: number, total: number): [number, number] {
  const share = right / total;
  const square = Z ** 2;
  const centre = share + square / (2 * total);
  const spread = Z * Math.sqrt((share * (1 - share)) / total + square / (4 * total ** 2));
  const scale = 1 + square / total;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

/**
 * The probability of a difference at least as large by chance, if two networks are equally good: McNemar's exact
 * test, two-sided, on photos that exactly one of them got right.
 *
 * Source: McNemar 1947, "Note on the sampling error of the difference between correlated proportions or percentages".
 *
 * @param onlyFirst - photos that only the first network got right
 * @param onlySecond - photos that only the second one got right
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const total = onlyFirst + onlySecond;
  // The logarithm of C(total, k) / 2^total: for many photos the terms themselves are too large or too small.
  let term = -total * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    if (k > 0) term += Math.log((total - k + 1) / k);
    tail += Math.exp(term);
  }
  return Math.min(1, 2 * tail);
}
