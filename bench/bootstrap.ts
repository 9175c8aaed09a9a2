const RESAMPLES = 10_000;
/** Lehmer's generator, with the constants of Park and Miller: the same interval in every run. */
const MULTIPLIER = 48_271;
const MODULUS = 2_147_483_647;

/**
 * Computes the 95 % interval of a mean by resampling: the percentile bootstrap.
 *
 * Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13.
 */
export function bootstrapMean(values: readonly number[]): { low: number; high: number } {
  let seed = 1;
  const draw = (count: number) => {
    seed = (seed * MULTIPLIER) % MODULUS;
    return Math.floor((seed / MODULUS) * count);
  };
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[draw(values.length)] as number;
    return sum / values.length;
  }).sort((a, b) => a - b);
  const at = (share: number) => means[Math.round(share * (RESAMPLES - 1))] as number;
  return { low: at(0.025), high: at(0.975) };
}
