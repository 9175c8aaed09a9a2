/** The tree of kinds of things above the classes. */
import type { ClassNames } from "./label-table.ts";

/** A kind of thing that classes belong to. */
export type HierarchyNode = {
  /** WordNet 3.0's id, as ImageNet writes it. */
  readonly synset: string;
  readonly names: ClassNames;
};

/** Who belongs to what. */
export type Hierarchy = {
  /** The kinds that a class or kind belongs to, nearest first; none for an unknown synset. */
  ancestors(synset: string): readonly HierarchyNode[];
};

const HEADER = "synset\tparent\ten\tzh";
const NAME_SEPARATOR = "|";

/**
 * Parses `models/labels/hierarchy.tsv`: kinds with names, then classes without.
 *
 * @throws Error where a row is malformed or parents form no tree: the table ships with the code, so a
 *   fault in it is ours
 */
export function parseHierarchy(tsv: string): Hierarchy {
  const [header, ...lines] = tsv.trimEnd().split("\n");
  if (header !== HEADER) throw new Error(`The hierarchy must begin with "${HEADER}".`);
  const nodes = new Map<string, HierarchyNode>();
  const parents = new Map<string, string>();
  for (const line of lines) {
    const [synset, parent, en, zh, ...rest] = line.split("\t");
    if (!synset || rest.length > 0 || (en === undefined) !== (zh === undefined)) {
      throw new Error(`The hierarchy has a malformed row: ${line}`);
    }
    if (parent) parents.set(synset, parent);
    if (en && zh) {
      const names = { EN: en.split(NAME_SEPARATOR), ZH: zh.split(NAME_SEPARATOR) };
      nodes.set(synset, { synset, names });
    }
  }
  for (const synset of parents.keys()) climb(synset);
  return { ancestors: climb };

  function climb(synset: string): HierarchyNode[] {
    const path: HierarchyNode[] = [];
    for (let at = parents.get(synset); at !== undefined; at = parents.get(at)) {
      const node = nodes.get(at);
      if (!node || path.includes(node)) throw new Error(`${at} above ${synset} is no tree's node.`);
      path.push(node);
    }
    return path;
  }
}
