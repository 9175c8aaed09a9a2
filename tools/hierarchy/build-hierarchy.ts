/**
 * `npm run hierarchy -- [data.noun]`: arranges the 1000 classes and the kinds of things listed in
 * `nodes.tsv` into a tree, after WordNet 3.0, and writes `models/labels/hierarchy.tsv`.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parseLabelTable } from "../../src/labels/label-table.ts";
import { arrange, type ListedNode } from "./arrange.ts";
import { parseNouns } from "./wordnet-nouns.ts";

const DEFAULT_PATH = "/usr/share/wordnet/data.noun";
const ROOT = new URL("../../", import.meta.url);
const OUTPUT = new URL("models/labels/hierarchy.tsv", ROOT);

/** The content of `models/labels/hierarchy.tsv`. */
export async function buildHierarchy(dataNoun: string): Promise<string> {
  const labels = await readFile(new URL("models/labels/imagenet1k.tsv", ROOT), "utf8");
  const classes = parseLabelTable(labels).map(({ synset }) => synset);
  const nodes = parseNodes(await readFile(new URL("nodes.tsv", import.meta.url), "utf8"));
  const parents = arrange(parseNouns(dataNoun), classes, nodes);
  const rows = [
    ...nodes.map(({ synset, en, zh }) => [synset, parents.get(synset) ?? "", en, zh]),
    ...classes.map((synset) => [synset, parents.get(synset) ?? "", "", ""]),
  ];
  const header = ["synset", "parent", "en", "zh"];
  return `${[header, ...rows].map((row) => row.join("\t").trimEnd()).join("\n")}\n`;
}

function parseNodes(tsv: string): ListedNode[] {
  const [, ...lines] = tsv.trimEnd().split("\n");
  return lines.map((line) => {
    const [synset, en, zh, parent] = line.split("\t");
    if (!synset || !en || !zh) throw new Error(`nodes.tsv has a malformed row: ${line}`);
    return { synset, en, zh, parent: parent || undefined };
  });
}

if (import.meta.main) {
  const path = process.argv[2] ?? DEFAULT_PATH;
  const dataNoun = await readFile(path, "utf8").catch((error: Error) => {
    console.error(
      `Cannot read WordNet 3.0's nouns: ${error.message}. Install them (Debian: apt-get install wordnet-base), or give the path of data.noun.`,
    );
    process.exit(1);
  });
  await writeFile(OUTPUT, await buildHierarchy(dataNoun));
  console.log(`Wrote ${OUTPUT.pathname}`);
}
