import type { Hypernyms } from "./wordnet-nouns.ts";

/** A kind of thing that may be an answer. */
export type ListedNode = {
  readonly synset: string;
  readonly en: string;
  readonly zh: string;
  /** Its parent, if WordNet's would mislead. */
  readonly parent: string | undefined;
};

/**
 * Gives every class and listed node one parent: WordNet is a graph, and a sum of probabilities needs a
 * tree. Of the listed ancestors with no other listed one in between, it is the one with the fewest
 * classes beneath it, so the most specific.
 *
 * @returns the parent of each synset that has one
 * @throws Error if WordNet does not have a synset, or a listed node has fewer than two children and so adds nothing to its child
 */
export function arrange(
  hypernyms: Hypernyms,
  classes: readonly string[],
  nodes: readonly ListedNode[],
): Map<string, string> {
  const listed = new Set(nodes.map(({ synset }) => synset));
  const classCounts = new Map<string, number>();
  for (const synset of classes) {
    for (const ancestor of ancestorsOf(synset)) {
      classCounts.set(ancestor, (classCounts.get(ancestor) ?? 0) + 1);
    }
  }
  const parents = new Map<string, string>();
  for (const { synset, parent } of nodes) {
    const chosen = parent ?? chooseParent(synset);
    if (chosen !== undefined) parents.set(synset, chosen);
  }
  for (const synset of classes) {
    const chosen = chooseParent(synset);
    if (chosen !== undefined) parents.set(synset, chosen);
  }
  const idle = nodes.filter(({ synset }) => {
    const children = [...parents.values()].filter((parent) => parent === synset);
    return children.length < 2;
  });
  if (idle.length > 0) {
    const names = idle.map(({ synset, en }) => `${synset} (${en})`).join(", ");
    throw new Error(`These have fewer than two children; leave them out: ${names}`);
  }
  return parents;

  function ancestorsOf(synset: string): Set<string> {
    const found = new Set<string>();
    const pending = [synset];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const above = hypernyms.get(next);
      if (!above) throw new Error(`WordNet 3.0 has no noun ${next}.`);
      for (const hypernym of above) {
        if (found.has(hypernym)) continue;
        found.add(hypernym);
        pending.push(hypernym);
      }
    }
    return found;
  }

  function chooseParent(synset: string): string | undefined {
    const candidates = [...ancestorsOf(synset)].filter((ancestor) => listed.has(ancestor));
    const covered = new Set(candidates.flatMap((candidate) => [...ancestorsOf(candidate)]));
    return candidates
      .filter((candidate) => !covered.has(candidate))
      .sort((a, b) => (classCounts.get(a) ?? 0) - (classCounts.get(b) ?? 0) || (a < b ? -1 : 1))[0];
  }
}
