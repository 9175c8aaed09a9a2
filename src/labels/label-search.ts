import type { ClassLabel } from "./class-label.ts";

/** A class and its position in the model's output. */
export type FoundLabel = ClassLabel & { readonly classIndex: number };

/**
 * The classes with a name (in either language) that contains `search`, or whose id or synset does; all
 * of them if it is blank. Case and full-width forms do not matter.
 */
export function searchLabels(
  labels: readonly ClassLabel[],
  search: string | undefined,
): FoundLabel[] {
  const needle = fold(search ?? "").trim();
  return labels
    .map((label, classIndex) => ({ ...label, classIndex }))
    .filter(({ id, synset = "", names }) =>
      [id, synset, ...names.EN, ...names.ZH].some((text) => fold(text).includes(needle)),
    );
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
