import type { ClassLabel } from "./class-label.ts";

/**
 * Says why the classes of two models do not agree, as the end of a sentence. They agree if they have a
 * class in common, and each id that both have stands for the same class.
 *
 * @returns undefined if they agree
 */
export function findDisagreement(
  a: readonly ClassLabel[],
  b: readonly ClassLabel[],
): string | undefined {
  const byId = new Map(a.map((label) => [label.id, label]));
  let common = 0;
  for (const label of b) {
    const other = byId.get(label.id);
    if (!other) continue;
    common++;
    if (!isSameClass(other, label)) {
      return `the class "${label.id}" is ${describe(other)} in one and ${describe(label)} in the other`;
    }
  }
  return common === 0 ? "they have no class in common" : undefined;
}

/** By synset if both have one; else by name, because ids such as 0, 1, 2 say nothing. */
function isSameClass(a: ClassLabel, b: ClassLabel): boolean {
  if (a.synset !== undefined && b.synset !== undefined) return a.synset === b.synset;
  return a.names.EN.some((name) => b.names.EN.includes(name));
}

function describe({ names, synset }: ClassLabel): string {
  return `"${names.EN[0]}"${synset === undefined ? "" : ` (${synset})`}`;
}
