import type { ClassLabel } from "./label-table.ts";

/** A class and its position in the model's output. */
export type FoundLabel = ClassLabel & { readonly classIndex: number };

/**
 * The classes with a name (in either language) that contains `search`, or whose synset id does;
 * all of them where it is blank. Case and full-width forms do not matter.
 */
export function searchLabels(
  labels: readonly ClassLabel[],
  search: string | undefined,
): FoundLabel[] {
  const needle = fold(search ?? "").trim();
  return labels
    .map((label, classIndex) => ({ ...label, classIndex }))
    .filter(
      ({ synset, names }) =>
        synset.includes(needle) ||
        [...names.EN, ...names.ZH].some((name) => fold(name).includes(needle)),
    );
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
