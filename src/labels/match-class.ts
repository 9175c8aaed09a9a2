import type { ClassLabel } from "./class-label.ts";

/** Finds the class that people mean by a name. @returns its id; undefined if there is none or several */
export type MatchClass = (name: string) => string | undefined;

/** `n01440764_tench`, as many data sets call their folders. */
const SYNSET_PREFIX = /^(n\d{8})(?:[\s_,-].*)?$/;

/**
 * Matches names with classes: by id, by a synset with or without text after it, by display name, or by
 * another name. Case, underscores and full-width forms do not matter.
 */
export function createClassMatcher(labels: readonly ClassLabel[]): MatchClass {
  const passes = [
    index(
      labels,
      ({ id }) => [id],
      (text) => text,
    ),
    index(labels, ({ id, synset }) => [id, ...(synset === undefined ? [] : [synset])], fold),
    index(labels, ({ names }) => [names.EN[0], names.ZH[0]], fold),
    index(labels, ({ names }) => [...names.EN, ...names.ZH], fold),
  ];
  return (name) => {
    const candidates = [name, SYNSET_PREFIX.exec(fold(name))?.[1] ?? name];
    for (const find of passes) {
      for (const candidate of candidates) {
        const id = find(candidate);
        if (id !== undefined) return id;
      }
    }
    return undefined;
  };
}

function index(
  labels: readonly ClassLabel[],
  namesOf: (label: ClassLabel) => readonly (string | undefined)[],
  normalize: (text: string) => string,
): (name: string) => string | undefined {
  const ids = new Map<string, string | undefined>();
  for (const label of labels) {
    for (const name of namesOf(label)) {
      if (name === undefined) continue;
      const key = normalize(name);
      // A name of two classes names neither.
      ids.set(key, ids.has(key) && ids.get(key) !== label.id ? undefined : label.id);
    }
  }
  return (name) => ids.get(normalize(name));
}

function fold(text: string): string {
  return text.normalize("NFKC").replaceAll("_", " ").trim().toLowerCase();
}
