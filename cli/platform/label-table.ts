/** The label table, from the repository. */
import { readFile } from "node:fs/promises";
import { type LabelTable, parseLabelTable } from "../../src/labels/label-table.ts";

const PATH = new URL("../../models/labels/imagenet1k.tsv", import.meta.url);

let table: Promise<LabelTable> | undefined;

/** Reads the file once per process. */
export function readLabelTable(): Promise<LabelTable> {
  table ??= readFile(PATH, "utf8").then(parseLabelTable);
  return table;
}
