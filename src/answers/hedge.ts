import type { ClassLabel, Kind } from "../labels/class-label.ts";
import { firstReaching } from "./first-reaching.ts";

/** A kind of thing and its probability. */
export type HedgedAnswer = { readonly kind: Kind; readonly confidence: number };

/** The sum over the classes beneath a kind. */
type Sum = { readonly kind: Kind; classes: number; probability: number };

/**
 * Finds the kinds of things that can be an answer, most specific first. Each is more probable than those
 * before it. For a given threshold, the first kind that reaches it is the answer: the one with the fewest
 * classes of the model beneath it, and among equals the most probable.
 *
 * Source: Deng et al. 2012, "Hedging your bets: optimizing accuracy-specificity trade-offs in large
 * scale visual recognition": the most informative answer among those with enough confidence.
 *
 * @param labels - the classes, in the order of `probabilities`
 * @param probabilities - [N], sums to 1
 */
export function findKinds(
  labels: readonly ClassLabel[],
  probabilities: Float64Array,
): HedgedAnswer[] {
  const sums = new Map<string, Sum>();
  labels.forEach(({ ancestors }, i) => {
    for (const kind of ancestors) {
      const sum = sums.get(kind.id) ?? { kind, classes: 0, probability: 0 };
      sum.classes++;
      sum.probability += probabilities[i] ?? 0;
      sums.set(kind.id, sum);
    }
  });
  const kinds: HedgedAnswer[] = [];
  const bySpecificity = [...sums.values()].sort(
    (a, b) => a.classes - b.classes || b.probability - a.probability,
  );
  for (const { kind, probability } of bySpecificity) {
    // Rounding errors can push the sum above 1.
    const confidence = Math.min(probability, 1);
    if (confidence > (kinds.at(-1)?.confidence ?? 0)) kinds.push({ kind, confidence });
  }
  return kinds;
}

/** Finds the first of `kinds` that reaches a threshold from 0 to 1. */
export function hedge(kinds: readonly HedgedAnswer[], threshold: number): HedgedAnswer | undefined {
  return firstReaching(kinds, threshold);
}
