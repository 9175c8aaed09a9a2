/**
 * `npm run bench:train`: what a training step costs, in CPU time, in images per second and in memory. With
 * `--python PATH`, of a Python with torch and torchvision, the same steps are also measured there, and the bounds are checked.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { formatTable } from "../cli/terminal/format-table.ts";
import { median } from "./median.ts";
import { describeForTorch } from "./train/describe-for-torch.ts";
import { type Measurement, type StepCase, TRAINED } from "./train/step-case.ts";

const run = promisify(execFile);
const RESNET = "models/resnet18/int8.onnx";
const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: RESNET },
    python: { type: "string" },
    batch: { type: "string", default: "16" },
    threads: { type: "string", default: "1" },
    steps: { type: "string", default: "3" },
    rounds: { type: "string", default: "2" },
  },
});
/** How much more CPU time than PyTorch's a step of the embedded ResNet may take. */
const BOUNDS: Readonly<Record<StepCase["trained"], number>> = {
  all: 1.6,
  "last stage": 1.2,
  head: 1,
};
/** The losses of both must agree at the start. */
const LOSS_TOLERANCE = 1e-3;

const rows: string[][] = [];
let failed = false;
const cases = [
  ...TRAINED.map((trained) => ({ title: trained, trained, augmented: false })),
  { title: "last stage, augmented", trained: "last stage", augmented: true } as const,
];
for (const { title, ...step } of cases) {
  const wanted: StepCase = {
    ...step,
    file: options.model,
    batch: Number(options.batch),
    threads: Number(options.threads),
    steps: Number(options.steps),
  };
  const own: Measurement[] = [];
  const torch: Measurement[] = [];
  // In turns, because the speed of a shared machine changes.
  for (let round = 0; round < Number(options.rounds); round++) {
    own.push(await measure(wanted));
    if (options.python !== undefined) torch.push(await measureTorch(options.python, wanted));
  }
  rows.push([title, ...describe("onnxruntime", own, wanted), ...compare(wanted, own, torch)]);
  if (torch.length > 0) rows.push(["", ...describe("PyTorch", torch, wanted), ""]);
}
console.log(`${options.model}, batches of ${options.batch}, ${options.threads} thread(s)`);
console.log(
  formatTable(
    ["trained", "engine", "CPU ms", "images/s of CPU", "peak MB", "CPU time / PyTorch's"],
    rows,
  ),
);
if (failed) process.exitCode = 1;

function describe(engine: string, measured: readonly Measurement[], { batch }: StepCase): string[] {
  const cpuMs = median(measured.map((one) => one.cpuMs));
  const peakMb = Math.max(...measured.map((one) => one.peakMb));
  const speed = (1000 * batch) / cpuMs;
  return [engine, cpuMs.toFixed(0), speed.toFixed(1), peakMb.toFixed(0)];
}

function compare(
  { trained, augmented }: StepCase,
  own: readonly Measurement[],
  torch: readonly Measurement[],
): string[] {
  const [first] = torch;
  if (!first) return [""];
  const ratios = own.map(({ cpuMs }, i) => cpuMs / (torch[i] as Measurement).cpuMs);
  const ratio = median(ratios);
  const [a = 0, b = 0] = [own[0]?.losses[0], first.losses[0]];
  // Photos that are changed at random differ.
  const agree = augmented || Math.abs(a - b) <= LOSS_TOLERANCE * Math.abs(b);
  const bound = options.model === RESNET && !augmented ? BOUNDS[trained] : undefined;
  if (ratio > (bound ?? Number.POSITIVE_INFINITY) || !agree) failed = true;
  return [
    `${ratio.toFixed(2)}${bound === undefined ? "" : ` (bound ${bound})`}${agree ? "" : `; the losses differ: ${a} and ${b}`}`,
  ];
}

async function measure(wanted: StepCase): Promise<Measurement> {
  const script = new URL("train/measure-step.ts", import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [script, JSON.stringify(wanted)]);
  return JSON.parse(stdout);
}

async function measureTorch(python: string, wanted: StepCase): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), "resnet-edge-train-"));
  try {
    await describeForTorch(wanted, folder);
    const script = new URL("train/torch-step.py", import.meta.url).pathname;
    const { stdout } = await run(python, [script, folder]);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}
