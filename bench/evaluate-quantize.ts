/**
 * `npm run eval:quantize [-- NETWORK … [--chosen] [--costs]]`: quantises the real networks of ../shared with the tool of
 * this project, and compares them with float32 and with the int8 files in ../shared (ResNet-18's was made with
 * the same tool from other photos, the others with ONNX Runtime's). Prints the tables of docs/quantization.md.
 * With `--chosen`, only the method that the tool chooses is evaluated. With `--costs`, none is: only files, heap and
 * times are compared. Fails if a bound is missed.
 */
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pull } from "../cli/commands/model/pull.ts";
import { quantize } from "../cli/commands/model/quantize.ts";
import { matchImages } from "../cli/evaluate/match-images.ts";
import { predictImages } from "../cli/evaluate/predict.ts";
import { type LabelledImage, listFiledImages } from "../cli/images/list-images.ts";
import { readModelFolder } from "../cli/models/model-folder.ts";
import { readLabelSources } from "../cli/platform/label-sources.ts";
import type { QuantizeReport } from "../cli/quantize/describe-quantized.ts";
import { formatTable } from "../cli/terminal/format-table.ts";
import { type Evaluation, evaluatePredictions } from "../src/evaluate/evaluate-predictions.ts";
import type { ClassLabel } from "../src/labels/class-label.ts";
import { labelClasses } from "../src/labels/label-classes.ts";
import { RANGE_METHODS } from "../src/quantize/choose-range.ts";
import { compareSessions } from "./compare-sessions.ts";
import { measureSessions, type SessionCost } from "./measure-sessions.ts";

const SHARED = new URL("../../shared/", import.meta.url).pathname;
const MODELS = join(SHARED, "models");
const DATA = join(SHARED, "data");
const MIN_AGREEMENT = 0.95;

type Network = {
  readonly name: string;
  /** Arguments of `model pull` for the float32 file. */
  readonly float: readonly string[];
  /** Arguments of `model pull` for the int8 file in ../shared. */
  readonly shipped: readonly string[];
  /** The photos for the evaluation, a folder in ../shared/data. */
  readonly data: string;
  /** The largest accepted loss of top-1 accuracy against float32, 0 to 1. */
  readonly maxLoss: number;
};

const like = (name: string) => ["--like", join(MODELS, name, "manifest.json")];
const MOBILENET_FACTS = ["--mean", "0.5", "--std", "0.5"];

const NETWORKS: readonly Network[] = [
  {
    name: "resnet18",
    float: ["model.safetensors", ...like("resnet18")],
    shipped: ["int8.onnx", ...like("resnet18")],
    data: "dev1k",
    maxLoss: 0.01,
  },
  {
    name: "efficientnet-lite0",
    float: ["fp32.onnx", ...like("efficientnet-lite0")],
    shipped: ["int8.onnx", ...like("efficientnet-lite0")],
    data: "imagenette-val",
    maxLoss: 0.007,
  },
  {
    name: "mobilenetv2-in1k",
    float: ["fp32.onnx", ...MOBILENET_FACTS],
    shipped: ["int8.onnx", ...MOBILENET_FACTS],
    data: "imagenette-val",
    maxLoss: 0.01,
  },
];

if (!existsSync(MODELS)) {
  console.log("../shared/models is absent: there are no networks to quantise.");
  process.exit(0);
}

const work = await mkdtemp(join(tmpdir(), "resnet-edge-quantize-"));
const missed: string[] = [];
const chosenOnly = process.argv.includes("--chosen");
const costsOnly = process.argv.includes("--costs");
const only = process.argv.slice(2).filter((argument) => !/^--(?:chosen|costs)$/.test(argument));
const unknown = only.filter((name) => !NETWORKS.some((network) => network.name === name));
if (unknown.length > 0) {
  const names = NETWORKS.map(({ name }) => name).join(", ");
  console.error(`There is no network ${unknown.join(", ")}. Use one or more of ${names}.`);
  process.exit(2);
}
for (const network of NETWORKS) {
  if (only.length === 0 || only.includes(network.name)) await evaluateNetwork(network);
}
if (missed.length > 0) {
  console.error(`\nMissed:\n${missed.join("\n")}`);
  process.exitCode = 1;
}

async function evaluateNetwork(network: Network): Promise<void> {
  const { name } = network;
  const fp32 = await take("fp32", name, network.float);
  const shipped = await take("shipped", name, network.shipped);
  const best = await quantizeTo("int8", name, fp32, []);
  if (!costsOnly) await evaluateMethods(network, fp32, shipped, best);
  const qdq = await quantizeTo("qdq", name, fp32, ["--method", best.method, "--format", "qdq"]);
  await printCosts(name, {
    float32: fp32,
    "shipped int8": shipped,
    QDQ: qdq.folder,
    QOperator: best.folder,
  });
}

async function evaluateMethods(
  network: Network,
  fp32: string,
  shipped: string,
  best: QuantizeReport,
): Promise<void> {
  const { name, data } = network;
  const made = new Map<string, string>();
  made.set(`own, ${best.method}`, best.folder);
  for (const method of RANGE_METHODS) {
    if (method === best.method || chosenOnly) continue;
    const { folder } = await quantizeTo(method, name, fp32, ["--method", method]);
    made.set(`own, ${method}`, folder);
  }
  const { images } = matchImages(await listFiledImages(join(DATA, data)), await labelsOf(fp32));
  const floatLogits = await predict("float32", fp32, images);
  const reports = new Map<string, Evaluation>();
  for (const [title, folder] of [["shipped int8", shipped] as const, ...made]) {
    const logits = await predict(title, folder, images);
    reports.set(title, await evaluate(folder, images, logits, floatLogits));
  }
  printAccuracy(network, best, reports);
  check(network, reports.get(`own, ${best.method}`), reports.get("shipped int8"));
}

async function predict(
  title: string,
  folder: string,
  images: readonly LabelledImage[],
): Promise<Float32Array[]> {
  process.stderr.write(`${folder}: ${title} …\n`);
  const classCount = (await labelsOf(folder)).length;
  const paths = images.map(({ path }) => path);
  const options = { classCount, onProgress: () => {} };
  const predictions = await predictImages(await readModelFolder(folder), paths, options);
  return predictions.map(({ logits }) => logits);
}

async function evaluate(
  folder: string,
  images: readonly LabelledImage[],
  logits: readonly Float32Array[],
  floatLogits: readonly Float32Array[],
): Promise<Evaluation> {
  const truths = images.map(({ classId }) => classId);
  const ids = (await labelsOf(folder)).map(({ id }) => id);
  return evaluatePredictions({ ids, truths, logits, floatLogits }, 0.95);
}

async function labelsOf(folder: string): Promise<ClassLabel[]> {
  const { manifest } = await readModelFolder(folder);
  return labelClasses(manifest.labels, await readLabelSources());
}

async function take(kind: string, name: string, [file = "", ...facts]: readonly string[]) {
  const folder = join(work, `${name}-${kind}`);
  await pull.run([name, "--from", join(MODELS, name, file), ...facts, "--out", folder, "--json"]);
  return folder;
}

async function quantizeTo(kind: string, name: string, fp32: string, args: readonly string[]) {
  process.stderr.write(`${name}: quantising (${kind}) …\n`);
  const out = join(work, `${name}-${kind}`);
  // The photos for calibration are not those for the evaluation.
  const images = ["--images", join(DATA, "imagenette-train")];
  const { result } = await quantize.run([fp32, ...images, ...args, "--out", out, "--json"]);
  return result as QuantizeReport;
}

function percent(share: number | undefined): string {
  return `${(100 * (share ?? Number.NaN)).toFixed(2)} %`;
}

function printAccuracy(
  { name, data }: Network,
  best: QuantizeReport,
  reports: ReadonlyMap<string, Evaluation>,
): void {
  const [first] = reports.values();
  const rows = [...reports].map(([title, { top1, top5, agreement }]) => {
    const method = RANGE_METHODS.find((known) => title === `own, ${known}`);
    const divergence = method && best.closeness[method]?.divergence;
    return [
      method === best.method ? `${title} (chosen)` : title,
      percent(top1),
      percent(top5),
      percent(agreement),
      divergence?.toFixed(4) ?? "",
    ];
  });
  const float = ["float32", percent(first?.float?.top1), percent(first?.float?.top5), "", ""];
  console.log(`\n${name} on ${data}, ${first?.images} photos\n`);
  console.log(
    formatTable(
      ["", "top-1", "top-5", "as float32", "divergence on train photos"],
      [float, ...rows],
    ),
  );
}

function check(
  { name, maxLoss }: Network,
  own: Evaluation | undefined,
  shipped: Evaluation | undefined,
): void {
  if (!own?.float || !shipped) throw new Error(`${name} was not evaluated.`);
  const loss = own.float.top1 - own.top1;
  const agreement = own.agreement ?? 0;
  if (loss > maxLoss) missed.push(`${name}: ${percent(loss)} below float32`);
  if (agreement < MIN_AGREEMENT) missed.push(`${name}: agrees on only ${percent(agreement)}`);
  if (agreement < (shipped.agreement ?? 0)) {
    missed.push(`${name}: agrees less often than the shipped int8 file`);
  }
}

async function printCosts(name: string, folders: Readonly<Record<string, string>>): Promise<void> {
  const runMs = await compareSessions(Object.values(folders));
  const costs = await measureSessions(Object.values(folders));
  const [float] = costs as [SessionCost];
  const rows = Object.keys(folders).map((title, i) => {
    const { fileBytes, loadMs, heapBytes } = costs[i] as SessionCost;
    return [
      title,
      `${(fileBytes / 1e6).toFixed(1)} MB`,
      `${(heapBytes / 1e6).toFixed(1)} MB`,
      (loadMs / float.loadMs).toFixed(2),
      ((runMs[i] as number) / (runMs[0] as number)).toFixed(2),
    ];
  });
  console.log(`\n${name}: costs\n`);
  console.log(formatTable(["", "file", "heap", "load, float32 = 1", "run, float32 = 1"], rows));
}
