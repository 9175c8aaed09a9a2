/** Which photos an epoch sees, in which order, and what they shall be taken for. */
import { createRandom, type Random, shuffle } from "../random.ts";

/** Numbers that keep the random numbers of different uses apart. */
const ORDER = 1;
const MIX = 2;

/**
 * Returns the indices of the photos of an epoch in random order.
 *
 * @param classes - the class of each photo, by index
 * @param oversample - whether photos of small classes come more often, until all classes come equally often
 */
export function orderPhotos(
  classes: readonly number[],
  { seed, epoch, oversample }: { seed: number; epoch: number; oversample: boolean },
): number[] {
  const random = createRandom(seed, ORDER, epoch);
  if (!oversample) return shuffle([...classes.keys()], random);
  const byClass = Map.groupBy(classes.keys(), (i) => classes[i] as number);
  const most = Math.max(...[...byClass.values()].map((members) => members.length));
  const repeated = [...byClass.values()].flatMap((members) => {
    const rounds = Array.from({ length: Math.ceil(most / members.length) }, () =>
      shuffle(members, random),
    );
    return rounds.flat().slice(0, most);
  });
  return shuffle(repeated, random);
}

/** For each photo of a batch: the other photo, by its place in the batch, and this photo's share. */
export type Mix = { readonly other: number; readonly share: number };

/**
 * Pairs the photos of a batch for mixup. One share is drawn for the batch, and its photos are paired with
 * themselves in another order.
 *
 * Source: Zhang et al. 2018, "mixup: Beyond empirical risk minimization".
 *
 * @param alpha - of the beta distribution that the share is drawn from; above 0
 */
export function drawMix(count: number, alpha: number, ...seeds: readonly number[]): readonly Mix[] {
  const random = createRandom(MIX, ...seeds);
  const share = drawBeta(alpha, random);
  return shuffle([...Array(count).keys()], random).map((other) => ({ other, share }));
}

/**
 * How much a photo of each class counts, so that the mean over all photos is 1.
 *
 * @param counts - photos of each class
 */
export function inverseFrequencies(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count > 0 ? total / (counts.length * count) : 0));
}

/** Draws from Beta(alpha, alpha) as a ratio of two gamma variables. */
function drawBeta(alpha: number, random: Random): number {
  const [a, b] = [drawGamma(alpha, random), drawGamma(alpha, random)];
  return a + b > 0 ? a / (a + b) : 0.5;
}

/** Source: Marsaglia and Tsang 2000, "A simple method for generating gamma variables". */
function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
      return d * v;
    }
  }
}

/** Source: Box and Muller 1958. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
