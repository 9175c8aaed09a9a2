/** The label table and the hierarchy, from the repository. */
import { readFile } from "node:fs/promises";
import { parseHierarchy } from "../../src/labels/hierarchy.ts";
import type { LabelSources } from "../../src/labels/label-classes.ts";
import { parseLabelTable } from "../../src/labels/label-table.ts";

const FOLDER = new URL("../../models/labels/", import.meta.url);
const read = (name: string) => readFile(new URL(name, FOLDER), "utf8");

let sources: Promise<LabelSources> | undefined;

/** Reads both, once in a process. */
export function readLabelSources(): Promise<LabelSources> {
  sources ??= Promise.all([read("imagenet1k.tsv"), read("hierarchy.tsv")]).then(
    ([table, hierarchy]) => ({
      table: parseLabelTable(table),
      hierarchy: parseHierarchy(hierarchy),
    }),
  );
  return sources;
}
