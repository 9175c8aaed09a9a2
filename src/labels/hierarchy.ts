/** WordNet's kinds of things above ImageNet's classes. */
import type { Kind } from "./class-label.ts";

/** The tree of kinds. */
export type Hierarchy = {
  /** The kinds that a class or kind belongs to, nearest first; none for an unknown synset. */
  ancestors(synset: string): readonly Kind[];
  /** The kind of that synset; undefined for a class and for an unknown one. */
  kind(synset: string): Kind | undefined;
};

const HEADER = "synset\tparent\ten\tzh";
const NAME_SEPARATOR = "|";

/**
 * Parses `models/labels/hierarchy.tsv`: kinds with names, then classes without.
 *
 * @throws Error if a row is malformed or the parents do not form a tree: the table ships with the code,
 *   so a mistake in it is an internal error
 */
export function parseHierarchy(tsv: string): Hierarchy {
  const [header, ...lines] = tsv.trimEnd().split("\n");
  if (header !== HEADER) throw new Error(`The hierarchy must begin with "${HEADER}".`);
  const kinds = new Map<string, Kind>();
  const parents = new Map<string, string>();
  for (const line of lines) {
    const [synset, parent, en, zh, ...rest] = line.split("\t");
    if (!synset || rest.length > 0 || (en === undefined) !== (zh === undefined)) {
      throw new Error(`The hierarchy has a malformed row: ${line}`);
    }
    if (parent) parents.set(synset, parent);
    if (en && zh) {
      const names = { EN: en.split(NAME_SEPARATOR), ZH: zh.split(NAME_SEPARATOR) };
      kinds.set(synset, { id: synset, synset, names });
    }
  }
  for (const synset of parents.keys()) climb(synset);
  return { ancestors: climb, kind: (synset) => kinds.get(synset) };

  function climb(synset: string): Kind[] {
    const path: Kind[] = [];
    for (let at = parents.get(synset); at !== undefined; at = parents.get(at)) {
      const kind = kinds.get(at);
      if (!kind || path.includes(kind)) {
        throw new Error(`${at}, above ${synset}, is not part of the tree.`);
      }
      path.push(kind);
    }
    return path;
  }
}
