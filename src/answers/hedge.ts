import type { Hierarchy, HierarchyNode } from "../labels/hierarchy.ts";

/** A kind of thing and how probable it is. */
export type HedgedAnswer = { readonly node: HierarchyNode; readonly confidence: number };

/** A kind of thing, with what is beneath it. */
type Sum = { readonly node: HierarchyNode; classes: number; probability: number };

/**
 * The kinds of things that can be an answer, most specific first, each more probable than those before
 * it. At a threshold the first that reaches it is the answer: of all kinds whose classes reach it
 * together, the one with the fewest classes of the model beneath it, and of those the most probable.
 *
 * Source: Deng et al. 2012, "Hedging your bets: optimizing accuracy-specificity trade-offs in large
 * scale visual recognition": the answer that tells most among those that are sure enough.
 *
 * @param synsets - the classes, in the order of `probabilities`
 * @param probabilities - [N], sums to 1
 */
export function findKinds(
  hierarchy: Hierarchy,
  synsets: readonly string[],
  probabilities: Float64Array,
): HedgedAnswer[] {
  const sums = new Map<string, Sum>();
  synsets.forEach((synset, i) => {
    for (const node of hierarchy.ancestors(synset)) {
      const sum = sums.get(node.synset) ?? { node, classes: 0, probability: 0 };
      sum.classes++;
      sum.probability += probabilities[i] as number;
      sums.set(node.synset, sum);
    }
  });
  const kinds: HedgedAnswer[] = [];
  const bySpecificity = [...sums.values()].sort(
    (a, b) => a.classes - b.classes || b.probability - a.probability,
  );
  for (const { node, probability } of bySpecificity) {
    // A sum of parts may exceed 1 by a rounding error.
    const confidence = Math.min(probability, 1);
    if (confidence > (kinds.at(-1)?.confidence ?? 0)) kinds.push({ node, confidence });
  }
  return kinds;
}

/** The first of `kinds` that reaches a threshold from 0 to 1. */
export function hedge(kinds: readonly HedgedAnswer[], threshold: number): HedgedAnswer | undefined {
  return kinds.find(({ confidence }) => confidence >= threshold);
}
