import type { Hierarchy, HierarchyNode } from "./hierarchy.ts";

/** A kind of thing and how probable it is. */
export type HedgedAnswer = { readonly node: HierarchyNode; readonly confidence: number };

/** A kind of thing, with what is beneath it. */
type Sum = { readonly node: HierarchyNode; classes: number; probability: number };

/**
 * The most specific kind of thing whose classes reach a threshold together: of all that reach it, the
 * one with the fewest classes of the model beneath it, and of those the most probable.
 *
 * Source: Deng et al. 2012, "Hedging your bets: optimizing accuracy-specificity trade-offs in large
 * scale visual recognition": the answer that tells most among those that are sure enough.
 *
 * @param synsets - the classes, in the order of `probabilities`
 * @param probabilities - [N], sums to 1
 * @param threshold - 0 to 1
 * @returns undefined where no kind of thing reaches the threshold
 */
export function hedge(
  hierarchy: Hierarchy,
  synsets: readonly string[],
  probabilities: Float64Array,
  threshold: number,
): HedgedAnswer | undefined {
  const sums = new Map<string, Sum>();
  synsets.forEach((synset, i) => {
    for (const node of hierarchy.ancestors(synset)) {
      const sum = sums.get(node.synset) ?? { node, classes: 0, probability: 0 };
      sum.classes++;
      sum.probability += probabilities[i] as number;
      sums.set(node.synset, sum);
    }
  });
  let best: Sum | undefined;
  for (const sum of sums.values()) {
    if (sum.probability < threshold) continue;
    if (!best || isMoreSpecific(sum, best)) best = sum;
  }
  // A sum of parts may exceed 1 by a rounding error.
  return best && { node: best.node, confidence: Math.min(best.probability, 1) };
}

function isMoreSpecific(a: Sum, b: Sum): boolean {
  if (a.classes !== b.classes) return a.classes < b.classes;
  return a.probability > b.probability;
}
