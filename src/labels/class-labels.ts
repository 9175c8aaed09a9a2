import type { ClassLabel, LabelTable } from "./label-table.ts";

/**
 * The labels of a model's classes, in the order of its output.
 *
 * @param synsets - the model's classes; undefined for the whole table
 * @throws RangeError naming the first synset that the table lacks
 */
export function selectClassLabels(
  table: LabelTable,
  synsets: readonly string[] | undefined,
): readonly ClassLabel[] {
  if (!synsets) return table;
  const bySynset = new Map(table.map((label) => [label.synset, label]));
  return synsets.map((synset) => {
    const label = bySynset.get(synset);
    if (!label) throw new RangeError(`The label table has no synset ${synset}.`);
    return label;
  });
}
