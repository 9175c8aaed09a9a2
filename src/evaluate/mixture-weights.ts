/** Weights for the answers of several networks, fitted on photos whose classes are known. */

export type MixtureFit = {
  /** Of each network; they are at least 0, and their sum is 1. */
  readonly weights: readonly number[];
  /** Mean cross entropy of the weighted mean of the probabilities, in nats. */
  readonly loss: number;
  /** The loss of no other weights is lower by more than this. */
  readonly gap: number;
};

/** In nats: far less than a few photos can tell. */
const MAX_GAP = 1e-6;
const MAX_ROUNDS = 20_000;
/** Probabilities below count as this, so that a photo that no network expects does not divide by 0. */
const LEAST = 1e-300;

/**
 * Finds the weights that make the true classes most probable. The mean cross entropy of a mixture is convex in its
 * weights, so there is one best value, and every start leads to it. Each round of expectation maximisation multiplies
 * a weight by `g`, the mean of `p / mixture` over the photos; no round raises the loss. The largest `g` minus 1 bounds
 * how far the loss is from the best, because it is the slope of the loss towards the best corner.
 *
 * Source: Dempster, Laird and Rubin 1977, "Maximum likelihood from incomplete data via the EM algorithm", section 4.3
 * (mixtures with known components); the bound is that of Jaggi 2013, "Revisiting Frank-Wolfe", section 2.
 *
 * @param truths - what each network gives for the true class of each photo, [M][N], 0 to 1; N is at least 1
 */
export function fitMixtureWeights(truths: readonly Float64Array[]): MixtureFit {
  const photos = truths[0]?.length ?? 0;
  let weights = truths.map(() => 1 / truths.length);
  for (let round = 0; ; round++) {
    const mixture = mix(truths, weights);
    const gains = truths.map((own) => {
      let sum = 0;
      for (const [i, p] of own.entries()) sum += Math.max(p, LEAST) / (mixture[i] as number);
      return sum / photos;
    });
    const gap = Math.max(0, Math.max(...gains) - 1);
    if (gap < MAX_GAP || round === MAX_ROUNDS) return { weights, loss: meanLoss(mixture), gap };
    const raised = weights.map((weight, m) => weight * (gains[m] as number));
    // The sum is 1 but for rounding, which must not add up.
    const total = raised.reduce((sum, weight) => sum + weight, 0);
    weights = raised.map((weight) => weight / total);
  }
}

/**
 * The loss of fitted weights on photos that they were not fitted on: every second photo has the weights of the others.
 *
 * @param truths - as for {@link fitMixtureWeights}; N is at least 2
 * @returns mean cross entropy in nats
 */
export function crossFitMixture(truths: readonly Float64Array[]): number {
  const half = (odd: number) => truths.map((own) => own.filter((_, i) => i % 2 === odd));
  const [even, odd] = [half(0), half(1)];
  const lossOn = (own: readonly Float64Array[], other: readonly Float64Array[]) =>
    mixtureLoss(own, fitMixtureWeights(other).weights) * (own[0]?.length ?? 0);
  return (lossOn(even, odd) + lossOn(odd, even)) / (truths[0]?.length ?? 0);
}

/** The mean cross entropy in nats of a mixture with given weights. */
export function mixtureLoss(truths: readonly Float64Array[], weights: readonly number[]): number {
  return meanLoss(mix(truths, weights));
}

/** The mixture's probability for the true class of each photo. */
function mix(truths: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const mixture = new Float64Array(truths[0]?.length ?? 0);
  for (const [m, own] of truths.entries()) {
    for (const [i, p] of own.entries()) {
      mixture[i] = (mixture[i] as number) + (weights[m] as number) * Math.max(p, LEAST);
    }
  }
  return mixture;
}

function meanLoss(mixture: Float64Array): number {
  return -mixture.reduce((sum, p) => sum + Math.log(p), 0) / mixture.length;
}
