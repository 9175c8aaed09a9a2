/**
 * `npm run bench:engines [-- --rounds N] [--cold N]`: the engines in workerd, side by side in one run, with and without AVX-VNNI.
 * Times are medians of the CPU time of the workerd process. Fails if LiteRT misses a target. Needs Linux, because
 * CPU times are read from /proc.
 */
import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { formatTable } from "../cli/terminal/format-table.ts";
import { ENGINES } from "../src/inference/engines/engine.ts";
import { ensurePage } from "../tools/build-page.ts";
import { buildBenchWorker } from "./engines/bench-worker.ts";
import { type EngineFigures, type Mode, measureEngines } from "./engines/measure-engines.ts";
import { makeSubjects, NETWORKS, type Subject } from "./engines/subjects.ts";

const VNNI: Mode = { vnni: true };
const PLAIN: Mode = { vnni: false };

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "21" },
    cold: { type: "string", default: "5" },
  },
});
const rounds = { warm: Number(values.rounds), cold: Number(values.cold) };
const hasVnni = /\bavx_vnni\b/.test(await readFile("/proc/cpuinfo", "utf8"));
const modes = hasVnni ? [VNNI, PLAIN] : [PLAIN];
await ensurePage();
const subjects = await makeSubjects();
const figures = await measureEngines(await buildBenchWorker(), subjects, modes, rounds);

console.log(
  `${cpus()[0]?.model}, ${hasVnni ? "with" : "without"} AVX-VNNI. Medians of CPU time: ${rounds.warm} rounds, ${rounds.cold} cold starts.`,
);
for (const mode of modes) {
  console.log(`\n${describeMode(mode)}:\n\n${formatTimes(figuresOf(mode))}`);
}
console.log(`\nMemory and files:\n\n${formatSizes(figuresOf(modes[0] as Mode))}\n`);
const checks = modes.flatMap(checkTargets);
for (const { holds, what } of checks) console.log(`${holds ? "holds" : "FAILS"}: ${what}`);
process.exitCode = checks.every(({ holds }) => holds) ? 0 : 1;

function figuresOf(mode: Mode): ReadonlyMap<Subject, EngineFigures> {
  return figures.get(mode) ?? new Map();
}

function describeMode({ vnni }: Mode): string {
  return vnni ? "With AVX-VNNI" : "Without AVX-VNNI";
}

function describeSubject({ network, engine, precision }: Subject): string[] {
  return [network, ENGINES[engine].title, precision];
}

/** Times of a file, and as shares of those of ONNX Runtime with the int8 network. */
function formatTimes(rows: ReadonlyMap<Subject, EngineFigures>): string {
  const cells = [...rows].map(([subject, { runMs, loadMs, coldMs }]) => [
    ...describeSubject(subject),
    runMs.toFixed(1),
    share(rows, subject).toFixed(2),
    loadMs.toFixed(0),
    coldMs.toFixed(0),
  ]);
  const columns = ["run, ms", "share of ONNX Runtime int8", "load, ms", "cold start, ms"];
  return formatTable(["network", "engine", "", ...columns], cells);
}

function formatSizes(rows: ReadonlyMap<Subject, EngineFigures>): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  const cells = [...rows].map(([subject, { heapBytes }]) => [
    ...describeSubject(subject),
    ...[heapBytes, subject.file.byteLength, subject.gzipBytes].map(megabytes),
  ]);
  return formatTable(["network", "engine", "", "heap, MB", "file, MB", "gzip, MB"], cells);
}

/** The time of a run, divided by that of ONNX Runtime with the same network in int8. */
function share(rows: ReadonlyMap<Subject, EngineFigures>, subject: Subject): number {
  const reference = subjects.find(
    ({ network, engine, precision }) =>
      network === subject.network && engine === "onnxruntime" && precision === "int8",
  ) as Subject;
  return (rows.get(subject)?.runMs ?? 0) / (rows.get(reference)?.runMs ?? 0);
}

function checkTargets(mode: Mode): { holds: boolean; what: string }[] {
  const rows = figuresOf(mode);
  return [...rows.keys()].flatMap((subject) => {
    const network = NETWORKS.find(({ name }) => name === subject.network);
    if (!network || subject.engine !== "litert") return [];
    const { vnni, plain } = network.target;
    const max = mode.vnni ? vnni : plain;
    const found = share(rows, subject);
    const what = `${describeMode(mode)}, LiteRT takes ${found.toFixed(2)} of the time of ONNX Runtime for ${network.name}; the target is ${max.toFixed(2)}`;
    return [{ holds: found <= max, what }];
  });
}
