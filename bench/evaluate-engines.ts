/**
 * `npm run eval:engines [-- NETWORK … [--quick] [--count N]]`: compares LiteRT with ONNX Runtime, photo by photo, on the
 * embedded networks, on MobileNetV2 of ../shared and on networks with made-up weights. Prints the table of
 * docs/engines.md. `--count` limits the photos of each set, `--quick` to 8. Ctrl+C prints what has been measured.
 * Fails if a bound is missed.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pull } from "../cli/commands/model/pull.ts";
import { quantize } from "../cli/commands/model/quantize.ts";
import { listImages, spread } from "../cli/images/list-images.ts";
import { formatTable } from "../cli/terminal/format-table.ts";
import { compareEngines, type Folders, type PhotoSet } from "./engines/compare-engines.ts";
import {
  type Bounds,
  CLOSE,
  EXACT,
  type Figures,
  findMisses,
  summarize,
} from "./engines/judge-engines.ts";
import { makeResNet50, makeShuffleNet } from "./engines/made-up-networks.ts";
import { requirePhotos } from "./predict-photos.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const SHARED = new URL("../../shared/", import.meta.url).pathname;
const QUICK = 8;
const CALIBRATING = "64";

type Candidate = {
  readonly name: string;
  readonly bounds: Bounds;
  /** Makes the folders of the network. */
  readonly prepare: () => Promise<Folders>;
  /** Sets of photos in ../shared/data. */
  readonly data: readonly string[];
};

const REAL = ["val277", "imagenette-val", "dev1k"];
/** Small thumbnails: they are not run in float32, which would take most of the time. */
const WITHOUT_FLOAT = "val277";
const FACTS = ["--mean", "0.5", "--std", "0.5"];

const CANDIDATES: readonly Candidate[] = [
  {
    name: "efficientnet-lite0",
    bounds: EXACT,
    prepare: () => embedded("efficientnet-lite0", "fp32.onnx"),
    data: REAL,
  },
  { name: "mobilenetv2-in1k", bounds: EXACT, prepare: prepareMobileNet, data: REAL },
  {
    name: "resnet18",
    bounds: CLOSE,
    prepare: () => embedded("resnet18", "model.safetensors"),
    data: REAL,
  },
  {
    name: "shufflenet-v2-made-up",
    bounds: CLOSE,
    prepare: () => makeUp("shufflenet-v2-made-up", makeShuffleNet()),
    data: ["imagenette-val", "dev1k"],
  },
  {
    name: "resnet50-made-up",
    bounds: CLOSE,
    prepare: () => makeUp("resnet50-made-up", makeResNet50()),
    data: ["imagenette-val"],
  },
];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean" }, count: { type: "string" } },
});
const names = CANDIDATES.map(({ name }) => name);
const unknown = positionals.filter((name) => !names.includes(name));
const count = values.quick ? QUICK : Number(values.count ?? Number.POSITIVE_INFINITY);
if (unknown.length > 0 || !(count >= 1)) {
  console.error(`Give one or more of ${names.join(", ")}, and for --count a number from 1.`);
  process.exit(2);
}
requirePhotos();
const work = await mkdtemp(join(tmpdir(), "resnet-edge-engines-"));
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
process.once("SIGTERM", () => stop.abort());
const rows: string[][] = [];
const missed: string[] = [];
for (const candidate of CANDIDATES) {
  const isWanted = positionals.length === 0 || positionals.includes(candidate.name);
  if (isWanted && !stop.signal.aborted) await evaluate(candidate);
}
const heads = ["", "photos", "same first class", "|Δ| median", "95 %", "max", "heat maps, max"];
console.log(formatTable([...heads, "as float32: ONNX Runtime", "LiteRT", "CPU time"], rows));
console.log("\nCPU time is that of a pass in LiteRT, that of ONNX Runtime being 1.");
if (stop.signal.aborted) missed.push("stopped before the end");
if (missed.length > 0) {
  console.error(`\nMissed:\n${missed.join("\n")}`);
  process.exitCode = 1;
}

async function evaluate({ name, bounds, prepare, data }: Candidate): Promise<void> {
  process.stderr.write(`${name}: preparing …\n`);
  const { int8, float } = await prepare();
  const sets = await listSets(name, data);
  const onProgress = (done: number, total: number) => {
    if (done % 10 !== 0 && done !== total) return;
    process.stderr.write(`\r${name}: ${done} of ${total} photos`);
  };
  const comparison = await compareEngines({ int8, float }, sets, onProgress, stop.signal);
  process.stderr.write("\n");
  const figures = summarize(comparison);
  rows.push(describe(name, figures));
  process.stderr.write(`${rows.at(-1)?.join(" | ")}\n`);
  const misses = findMisses(figures, bounds);
  missed.push(...misses.map((miss) => `${name}: ${miss}`));
  if (misses.length === 0) return;
  const worst = [...comparison.photos].sort((a, b) => b.probability - a.probability).slice(0, 3);
  for (const { photo, probability } of worst) {
    missed.push(`  ${photo}: ${probability.toExponential(1)}`);
  }
}

/** The prepared photos of test/golden, those of this repository, and the given sets. */
async function listSets(name: string, data: readonly string[]): Promise<PhotoSet[]> {
  const golden = join(ROOT, "test/golden", name);
  const tensors = existsSync(golden)
    ? (await readdir(golden)).filter((file) => file.endsWith(".npy"))
    : [];
  const own = [
    ...(await listImages(join(ROOT, "examples"))),
    ...(await listImages(join(ROOT, "docs/photos"))),
  ];
  const sets: PhotoSet[] = [
    { paths: tensors.map((file) => join(golden, file)), withFloat: true },
    { paths: spread(own, count), withFloat: true },
    { paths: spread(await listImages(join(SHARED, "photos")), count), withFloat: true },
  ];
  for (const set of data) {
    const paths = spread(await listImages(join(SHARED, "data", set)), count);
    sets.push({ paths, withFloat: set !== WITHOUT_FLOAT });
  }
  return sets;
}

function describe(name: string, figures: Figures): string[] {
  const { photos, sameClass, probability, heat, asFloat, cpuRatio } = figures;
  const percent = (share: number | undefined) =>
    share === undefined ? "" : `${(100 * share).toFixed(2)} %`;
  return [
    name,
    String(photos),
    percent(sameClass),
    probability.median.toExponential(1),
    probability.p95.toExponential(1),
    probability.max.toExponential(1),
    heat?.toExponential(1) ?? "",
    percent(asFloat?.onnxruntime),
    percent(asFloat?.litert),
    cpuRatio.toFixed(2),
  ];
}

async function embedded(name: string, floatFile: string): Promise<Folders> {
  const source = join(SHARED, "models", name, floatFile);
  const int8 = join(ROOT, "models", name);
  if (!existsSync(source)) return { int8 };
  const float = join(work, `${name}-float`);
  const like = ["--like", join(int8, "manifest.json")];
  await pull.run([name, "--from", source, ...like, "--out", float, "--json"]);
  return { int8, float };
}

async function prepareMobileNet(): Promise<Folders> {
  const source = join(SHARED, "models/mobilenetv2-in1k/fp32.onnx");
  const float = join(work, "mobilenetv2-float");
  await pull.run(["mobilenetv2-in1k", "--from", source, ...FACTS, "--out", float, "--json"]);
  return { int8: await quantizeFolder(float, "mobilenetv2-int8"), float };
}

async function makeUp(name: string, file: Uint8Array): Promise<Folders> {
  const path = join(work, `${name}.onnx`);
  await writeFile(path, file);
  const float = join(work, `${name}-float`);
  await pull.run([name, "--from", path, "--out", float, "--json"]);
  return { int8: await quantizeFolder(float, `${name}-int8`), float };
}

async function quantizeFolder(float: string, name: string): Promise<string> {
  const out = join(work, name);
  const images = ["--images", join(SHARED, "data/imagenette-train"), "--count", CALIBRATING];
  await quantize.run([float, ...images, "--out", out, "--json"]);
  return out;
}
