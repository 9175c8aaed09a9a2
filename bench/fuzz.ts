/**
 * `npm run fuzz [-- --format png] [--count 10000] [--seed 1] [--keep FOLDER]`: damaged and hostile files of
 * every format through the imaging code in workerd. Fails if one crashes or stops it, takes too long or more
 * memory than estimated, or is not decoded to the same pixels again. The files are kept, and
 * `npm run fuzz -- --replay FILE` decodes one of them again.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { formatTable } from "../cli/terminal/format-table.ts";
import { ProgressBar } from "../cli/terminal/progress-bar.ts";
import { FUZZ_FORMATS } from "./fuzz/fuzz-formats.ts";
import { FuzzTarget } from "./fuzz/fuzz-target.ts";
import { judge, medianRate } from "./fuzz/judge.ts";
import {
  countKinds,
  type Extreme,
  type Finding,
  type FuzzReport,
  runFuzz,
} from "./fuzz/run-fuzz.ts";

/** Findings printed for each format; all are kept. */
const MAX_PRINTED = 20;
const MAX_DETAIL = 300;

const { values } = parseArgs({
  options: {
    format: { type: "string" },
    count: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    keep: { type: "string", default: "dist/fuzz" },
    replay: { type: "string" },
  },
});
const target = new FuzzTarget();
try {
  const passed =
    values.replay === undefined
      ? await fuzz(Number(values.count), Number(values.seed))
      : await replay(values.replay);
  process.exitCode = passed ? 0 : 1;
} finally {
  await target.stop();
}

async function fuzz(count: number, run: number): Promise<boolean> {
  const wanted = values.format?.toUpperCase();
  const formats = FUZZ_FORMATS.filter(({ format }) => wanted === undefined || format === wanted);
  if (formats.length === 0) {
    const names = FUZZ_FORMATS.map(({ format }) => format.toLowerCase()).join(", ");
    console.error(`There is no format "${values.format}". Choose one of ${names}.`);
    process.exit(2);
  }
  if (!Number.isInteger(count) || count < 1 || !Number.isInteger(run)) {
    console.error("--count and --seed must be whole numbers, such as --count 300 --seed 1.");
    process.exit(2);
  }
  const folder = resolve(values.keep);
  const reports: FuzzReport[] = [];
  for (const format of formats) {
    const bar = new ProgressBar(format.format, { silent: false, unit: "files" });
    const onProgress = (files: number) => bar.update(files, count);
    const report = await runFuzz(target, format, { run, count, onProgress });
    bar.end();
    reports.push(report);
    for (const finding of report.findings) {
      await keep(folder, `${run}-${finding.index}.${format.extension}`, finding);
    }
    printFindings(report, folder, run, format.extension);
  }
  const header = [
    ...["format", "files", "decoded", "refused", "median, us/KB", "ms / estimate"],
    ...["memory / estimate", "process, MB", "findings"],
  ];
  console.log(`Run ${run}, in workerd. Time and memory: the largest, and the number of the file.`);
  console.log(formatTable(header, reports.map(toRow)));
  return reports.every(({ findings }) => findings.length === 0);
}

function toRow(report: FuzzReport): string[] {
  return [
    report.format,
    String(report.files),
    String(report.decoded),
    describeCounts(report.refused),
    (report.medianMsPerKB * 1000).toFixed(0),
    describeExtreme(report.longest),
    describeExtreme(report.largest),
    `+${(report.largestGrowth / 1e6).toFixed(0)}`,
    describeCounts(countKinds(report.findings)) || "0",
  ];
}

function describeExtreme({ share, index }: Extreme): string {
  return share === 0 ? "" : `${share.toFixed(2)} (${index})`;
}

function describeCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
}

async function keep(folder: string, name: string, { bytes }: Finding): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), bytes);
}

function printFindings(
  { format, findings }: FuzzReport,
  folder: string,
  run: number,
  extension: string,
): void {
  for (const { kind, index, detail, description } of findings.slice(0, MAX_PRINTED)) {
    console.log(`${format} ${kind}: ${join(folder, `${run}-${index}.${extension}`)}`);
    console.log(`  ${description}`);
    console.log(`  ${detail.slice(0, MAX_DETAIL)}`);
  }
  const others = findings.length - MAX_PRINTED;
  if (others > 0) console.log(`${others} more findings of ${format} are in ${folder}.`);
}

/** Decodes a kept file alone, and compares its time with that of sound files. */
async function replay(path: string): Promise<boolean> {
  const format = FUZZ_FORMATS.find(({ extension }) => path.endsWith(`.${extension}`));
  if (!format) {
    console.error(`${path} does not end in the extension of a format that is fuzzed.`);
    process.exit(2);
  }
  const file = new Uint8Array(await readFile(path));
  const seeds = await format.makeSeeds();
  const sound = [seeds[0], seeds[1]] as const;
  await target.decode(sound, seeds);
  const times = await target.time(seeds);
  const msPerByte = medianRate(times.map((ms, i) => ({ ms, bytes: seeds[i]?.length ?? 0 })));
  const result = await target.decodeAlone(sound, file);
  const verdicts = judge(result, file.length, msPerByte);
  console.log(JSON.stringify(result, null, 2));
  for (const { kind, detail } of verdicts) console.log(`${kind}: ${detail}`);
  return verdicts.length === 0;
}
