/** `npm run corpus [-- --verbose]`: every file under ../shared/corpus through the imaging code. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createNodeImageDecoder } from "../cli/platform/node-image-decoder.ts";
import { formatTable } from "../cli/terminal/format-table.ts";
import { DEFAULT_IMAGE_LIMITS } from "../src/imaging/limits.ts";
import { type CorpusResult, checkCorpusFolder, listCorpusFolders } from "./corpus-check.ts";

const ROOT = new URL("../../shared/corpus/", import.meta.url);
const EXPLAINED = new URL("../test/imaging/corpus-differences.json", import.meta.url);

if (!existsSync(ROOT)) {
  console.log("../shared/corpus does not exist: there is nothing to run.");
  process.exit(0);
}
const explained: Record<string, string> = JSON.parse(await readFile(EXPLAINED, "utf8"));
const decoder = createNodeImageDecoder();
const rows: string[][] = [];
const surprises: CorpusResult[] = [];
for (const folder of await listCorpusFolders(ROOT)) {
  const results = await checkCorpusFolder(ROOT, folder, decoder, DEFAULT_IMAGE_LIMITS);
  const differing = results.filter(({ mismatch }) => mismatch !== undefined);
  const unexplained = differing.filter(({ file }) => !(`${folder}/${file}` in explained));
  surprises.push(...unexplained);
  const count = (outcome: CorpusResult["outcome"]) =>
    results.filter((result) => result.outcome === outcome).length;
  rows.push([
    folder,
    String(results.length),
    String(count("decoded")),
    String(count("refused")),
    String(unexplained.length),
    String(differing.length - unexplained.length),
    String(count("crash")),
    Math.max(...results.map(({ elapsedMs }) => elapsedMs)).toFixed(0),
  ]);
}
const header = [
  "folder",
  "files",
  "decoded",
  "refused",
  "mismatches",
  "explained",
  "crashes",
  "slowest, ms",
];
console.log(formatTable(header, rows));
for (const { folder, file, mismatch } of surprises) console.log(`${folder}/${file}: ${mismatch}`);
if (surprises.length > 0) process.exitCode = 1;
