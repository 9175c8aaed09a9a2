import type { ClassNames } from "./class-label.ts";

/** A class of ImageNet-1k. */
export type TableRow = { readonly synset: string; readonly names: ClassNames };

/** The label table in ImageNet-1k's class order. */
export type LabelTable = readonly TableRow[];

const HEADER = "index\tsynset\ten\tzh";
const NAME_SEPARATOR = "|";

/**
 * Parses `models/labels/imagenet1k.tsv`.
 *
 * @throws Error at the first row that is not `index, synset, en, zh` in order: the table ships with
 *   the code, so a mistake in it is an internal error
 */
export function parseLabelTable(tsv: string): LabelTable {
  const [header, ...lines] = tsv.trimEnd().split("\n");
  if (header !== HEADER) throw new Error(`The label table must begin with "${HEADER}".`);
  return lines.map((line, row) => {
    const [index, synset, en, zh, ...rest] = line.split("\t");
    if (Number(index) !== row || !synset || !en || !zh || rest.length > 0) {
      throw new Error(`Row ${row} of the label table is malformed: ${line}`);
    }
    return { synset, names: { EN: en.split(NAME_SEPARATOR), ZH: zh.split(NAME_SEPARATOR) } };
  });
}
