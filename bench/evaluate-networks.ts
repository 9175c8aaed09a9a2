/**
 * `npm run eval:networks -- FOLDER [RIVALS] [--photos N]`: takes every .onnx file of a folder through the whole command line: pull,
 * quantize, publish, and one photo through the Worker that `wrangler deploy` would upload. Prints how close int8 is
 * to float32 on photos that did not calibrate it. RIVALS is a folder of files with the same names that another tool
 * has quantised; they are judged on the same photos. Weights can be made up: then compare the columns with each
 * other. Needs the photos of ../shared. Fails if the Worker answers differently from the command line.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { publish } from "../cli/commands/model/publish.ts";
import { predictImages } from "../cli/evaluate/predict.ts";
import { listImages, spread } from "../cli/images/list-images.ts";
import { readModelFolder } from "../cli/models/model-folder.ts";
import { formatTable } from "../cli/terminal/format-table.ts";
import { softmax } from "../src/inference/softmax.ts";
import { topK } from "../src/inference/top-k.ts";
import { divergenceOf } from "../src/quantize/compare-methods.ts";
import { ensurePage } from "../tools/build-page.ts";
import { startDeployedWorker } from "../tools/deployed-worker.ts";
import { bootstrapMean } from "./bootstrap.ts";
import { describe, type Import, pullAtAnySide } from "./networks/import-network.ts";
import { requirePhotos } from "./predict-photos.ts";

const ROOT = new URL("..", import.meta.url).pathname;
const DATA = new URL("../../shared/data/", import.meta.url).pathname;
const IMPORT = new URL("networks/import-network.ts", import.meta.url).pathname;
const CALIBRATING = 20;
const CLASSES = 1000;

const { positionals, values: options } = parseArgs({
  allowPositionals: true,
  options: { photos: { type: "string", default: "50" } },
});
const [folder, rivals] = positionals;
const judging = Number(options.photos);
if (folder === undefined || !(judging >= 1)) {
  console.error(
    "Give a folder of .onnx files: npm run eval:networks -- FOLDER [RIVALS] [--photos 50]",
  );
  process.exit(2);
}
requirePhotos();
const work = await mkdtemp(join(tmpdir(), "resnet-edge-networks-"));
const configPath = await makeConfig();
const photos = spread(await listImages(join(DATA, "imagenette-val")), judging);
const published = new Map<string, number>();
const rows: string[][] = [];
for (const file of await listNetworks(folder)) rows.push(await evaluateNetwork(file));
const different = await classifyAll();
const heads = ["network", "MB", "int8", "other tool", "nearer", "in float", "CPU s", "peak MB"];
console.log(formatTable([...heads, "published", "Worker"], rows.map(finish)));
console.log(
  `\nint8, other tool: divergence from float32 in nats, and share of ${photos.length} photos with the same first class. nearer: which of the two is better by each figure; "same" if the 95 % interval of the difference contains 0.`,
);
if (different.length > 0) {
  console.error(`\nThe Worker answers differently: ${different.join(", ")}.`);
  process.exitCode = 1;
}

/** Smallest first, so that the first rows come soon. */
async function listNetworks(path: string): Promise<string[]> {
  const files = (await readdir(path)).filter((name) => name.endsWith(".onnx"));
  const sizes = await Promise.all(
    files.map(async (name) => ({ name, bytes: (await stat(join(path, name))).size })),
  );
  return sizes.sort((a, b) => a.bytes - b.bytes).map(({ name }) => resolve(path, name));
}

async function evaluateNetwork(file: string): Promise<string[]> {
  const name = nameOf(file);
  process.stderr.write(`${name} …\n`);
  const photosOf = join(DATA, "imagenette-train");
  const words = [IMPORT, name, file, work, photosOf, String(CALIBRATING)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 26 });
  const { float, quantized, problem, seconds, peakBytes }: Import = JSON.parse(
    stdout.trim().split("\n").at(-1) ?? "{}",
  );
  const { size } = await stat(file);
  const megabytes = (size / 1e6).toFixed(1);
  if (!float || !quantized) return [name, megabytes, problem ?? "", "", "", "", "", "", "no", ""];
  const expected = await predict(float);
  const int8 = await predict(quantized.folder);
  const other = await predictRival(name);
  const state = await publishTo(quantized.folder);
  if (state === "yes") published.set(name, firstOf(int8[0]));
  const row = [
    name,
    `${megabytes} → ${(quantized.bytes.int8 / 1e6).toFixed(1)}`,
    closeness(expected, int8),
    typeof other === "string" ? other : closeness(expected, other),
    typeof other === "string" ? "" : judge(expected, int8, other),
    Object.entries(quantized.floatOperators)
      .map(([operator, times]) => `${operator} ${times}`)
      .join(", "),
    (seconds ?? 0).toFixed(0),
    (peakBytes / 1e6).toFixed(0),
    state,
    "",
  ];
  process.stderr.write(`${row.join(" | ")}\n`);
  return row;
}

/** @returns a text if there is nothing to compare with */
async function predictRival(name: string): Promise<Float32Array[] | string> {
  if (rivals === undefined) return "";
  const file = join(rivals, `${name.replaceAll("-", "_")}.onnx`);
  if (!existsSync(file)) return "absent";
  try {
    const out = join(work, `${name}-rival`);
    await pullAtAnySide(name, file, out);
    return await predict(out);
  } catch (error) {
    return describe(error);
  }
}

async function predict(path: string): Promise<Float32Array[]> {
  const model = await readModelFolder(path);
  const options = { classCount: CLASSES, onProgress: () => {} };
  return (await predictImages(model, photos, options)).map(({ logits }) => logits);
}

type Logits = readonly Float32Array[];

function closeness(expected: Logits, actual: Logits): string {
  const share = Math.round(100 * mean(agreements(expected, actual)));
  return `${mean(divergences(expected, actual)).toFixed(4)}, ${share} %`;
}

/** Says which of two is nearer to float32, if chance does not explain the difference: by divergence and by first class. */
function judge(expected: Logits, ours: Logits, theirs: Logits): string {
  const [our, their] = [divergences(expected, ours), divergences(expected, theirs)];
  const [right, theirRight] = [agreements(expected, ours), agreements(expected, theirs)];
  const side = ({ low, high }: { low: number; high: number }) =>
    low > 0 ? "int8" : high < 0 ? "other" : "same";
  return [
    side(bootstrapMean(their.map((value, i) => value - (our[i] as number)))),
    side(bootstrapMean(right.map((value, i) => value - (theirRight[i] as number)))),
  ].join(", ");
}

/** In nats, for each photo. */
function divergences(expected: Logits, actual: Logits): number[] {
  return expected.map((logits, i) =>
    divergenceOf(softmax(logits), softmax(actual[i] as Float32Array)),
  );
}

/** 1 for each photo with the same first class, otherwise 0. */
function agreements(expected: Logits, actual: Logits): number[] {
  return expected.map((logits, i) => (firstOf(logits) === firstOf(actual[i]) ? 1 : 0));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function firstOf(logits: Float32Array | undefined): number {
  return topK(softmax(logits as Float32Array), 1)[0]?.classIndex ?? -1;
}

async function publishTo(path: string): Promise<string> {
  try {
    // A Worker needs an alias, whatever it points to.
    await publish.run([path, "--promote", "default", "--config", configPath, "--json"]);
    return "yes";
  } catch (error) {
    return describe(error).split(":")[0] ?? "";
  }
}

/** Asks the Worker about the first photo with each published network. */
async function classifyAll(): Promise<string[]> {
  await ensurePage();
  const worker = await startDeployedWorker({ configPath });
  const body = await readFile(photos[0] as string);
  const wrong: string[] = [];
  try {
    for (const [name, expected] of published) {
      const { manifest } = await readModelFolder(join(work, name));
      const url = new URL(`/classify?model=${name}@${manifest.version}&topK=1`, worker.url);
      const response = await fetch(url, { method: "POST", body });
      const answer = (await response.json()) as {
        predictions?: { classIndex: number }[];
        error?: { code: string };
      };
      const first = answer.predictions?.[0]?.classIndex;
      const state = first === expected ? "same" : (answer.error?.code ?? `class ${first}`);
      if (state !== "same") wrong.push(`${name}: ${state}`);
      const row = rows.find(([known]) => known === name) as string[];
      row[row.length - 1] = state;
    }
  } finally {
    await worker.dispose();
  }
  return wrong;
}

/** A wrangler.toml with its own bucket. */
async function makeConfig(): Promise<string> {
  const path = join(work, "wrangler.toml");
  const toml = await readFile(join(ROOT, "wrangler.toml"), "utf8");
  await writeFile(path, toml.replace('main = "', `main = "${ROOT}`));
  return path;
}

function nameOf(file: string): string {
  return basename(file, ".onnx").replaceAll("_", "-");
}

/** A table's cells must not be empty at the end of a row. */
function finish(row: readonly string[]): string[] {
  return row.map((cell) => (cell === "" ? "–" : cell));
}
