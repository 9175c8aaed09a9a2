/**
 * `npm run eval:training [-- --photos N] [--seeds N] [--only flowers|cifar] [--out FOLDER] [--table]`: what each way
 * of training adds to the accuracy of a ResNet-18, on the photos of ../shared. Prints tables in Markdown, and writes
 * results.json into the folder. Takes about 5 hours of CPU time and 5 GB of disk space by default. Runs that are
 * finished are kept there, and skipped by the next start; after an interruption, the same command continues.
 * `--table` trains nothing, and prints the tables of the seeds that are finished.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { pull } from "../cli/commands/model/pull.ts";
import { MANIFEST } from "../cli/models/model-folder.ts";
import { ProgressBar } from "../cli/terminal/progress-bar.ts";
import { planCifar } from "./training/cifar.ts";
import { describeRows, toRow } from "./training/compare-settings.ts";
import { describeCosts, sumCosts } from "./training/costs.ts";
import { type Bases, EPOCHS } from "./training/experiment.ts";
import { finishRuns } from "./training/finish-runs.ts";
import { planFlowers } from "./training/flowers.ts";
import { describeThresholds } from "./training/judge-thresholds.ts";

const SHARED = new URL("../../shared/", import.meta.url).pathname;
const DATA = join(SHARED, "data");
const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
/** By default. CIFAR-10 has twice as many classes. */
const PHOTOS = { flowers: 80, cifar: 60 };
const SEEDS = { flowers: 5, cifar: 3 };
const MAX_JOBS = 2;
/** More than in the smaller set, and enough for a tenth. */
const MIN_PHOTOS = 30;

const { values } = parseArgs({
  options: {
    photos: { type: "string" },
    seeds: { type: "string" },
    only: { type: "string" },
    out: { type: "string", default: join(CACHE, "resnet-edge", "eval-training") },
    jobs: { type: "string", default: String(Math.min(MAX_JOBS, availableParallelism())) },
    table: { type: "boolean", default: false },
  },
});
requireSensible();
if (!existsSync(DATA)) {
  console.error(`The photos are not there: ${DATA}.`);
  process.exit(2);
}
const out = resolve(values.out);
const bases = await makeBases();
const flowers = isWanted("flowers")
  ? await planFlowers(out, join(DATA, "flowers5"), bases, amounts("flowers"))
  : undefined;
const cifar = isWanted("cifar")
  ? await planCifar(out, join(DATA, "cifar10"), bases, amounts("cifar"))
  : undefined;
// Seed by seed: if there is no time for all of them, all tables have the same number.
const runs = [...(flowers?.runs ?? []), ...(cifar?.runs ?? [])].toSorted(
  (a, b) => Number(basename(a.name)) - Number(basename(b.name)),
);
if (!values.table) await train();
await report();

function requireSensible(): void {
  const { photos, seeds, only, jobs } = values;
  const isCount = (text: string | undefined, least: number) =>
    text === undefined || (Number.isInteger(Number(text)) && Number(text) >= least);
  if (
    isCount(photos, MIN_PHOTOS) &&
    isCount(seeds, 1) &&
    isCount(jobs, 1) &&
    [undefined, "flowers", "cifar"].includes(only)
  ) {
    return;
  }
  console.error(
    `Give --photos ${MIN_PHOTOS} or more, --seeds 1 or more, --jobs 1 or more, and --only flowers or cifar.`,
  );
  process.exit(2);
}

function isWanted(name: "flowers" | "cifar"): boolean {
  return values.only === undefined || values.only === name;
}

function amounts(name: "flowers" | "cifar") {
  return {
    photos: Number(values.photos ?? PHOTOS[name]),
    seeds: Number(values.seeds ?? SEEDS[name]),
  };
}

async function makeBases(): Promise<Bases> {
  const models = join(SHARED, "models");
  const make = async (name: string, words: readonly string[]) => {
    const folder = join(out, "bases", name);
    if (existsSync(join(folder, MANIFEST))) return folder;
    await mkdir(join(out, "bases"), { recursive: true });
    await pull.run([name, ...words, "--out", folder, "--json"]);
    return folder;
  };
  const resnet = new URL("../models/resnet18", import.meta.url).pathname;
  return {
    mobilenet: await make("mobilenetv2", [
      ...["--from", join(models, "mobilenetv2-in1k/fp32.onnx")],
      ...["--mean", "0.5", "--std", "0.5", "--resize", "256"],
    ]),
    resnetFloat: await make("resnet18-float", [
      ...["--from", join(models, "resnet18/model.safetensors"), "--like", resnet],
    ]),
  };
}

async function train(): Promise<void> {
  const bar = new ProgressBar("training", { silent: false, unit: "runs" });
  await finishRuns(runs, out, Number(values.jobs), ({ done, total, secondsLeft }) => {
    const minutes = secondsLeft === undefined ? "" : `${Math.ceil(secondsLeft / 60)} min left`;
    bar.update(done, total, minutes);
  }).finally(() => bar.end());
}

async function report(): Promise<void> {
  const ofFlowers = await flowers?.compare();
  const comparisons = [...(ofFlowers?.comparisons ?? []), ...((await cifar?.compare()) ?? [])];
  const rows = comparisons.map(toRow);
  const thresholds = ofFlowers?.thresholds ?? [];
  const costs = await sumCosts(out, runs);
  await writeFile(
    join(out, "results.json"),
    `${JSON.stringify({ epochs: EPOCHS, rows, thresholds, costs }, null, 2)}\n`,
  );
  console.log(describeRows(rows));
  const seeds = Map.groupBy(rows, ({ photos }) => photos);
  const counts = [...seeds].map(
    ([photos, own]) => `${photos}: ${Math.max(...own.map((row) => row.seeds))}`,
  );
  console.log(
    `Seeds: ${counts.join("; ")}. The network is a ResNet-18 from int8 weights unless stated otherwise. Runs have ${EPOCHS.head} epochs of the classifier alone and ${EPOCHS.all} of all but the first layers unless another number is given; "head only" has ${EPOCHS.head + EPOCHS.all} of the classifier. Right: mean and standard deviation over the seeds. Points and 95 %: the difference, paired by seed and by photo, and the interval that allows for other seeds and other test photos. What all seeds give together is one answer, compared with the mean of the seeds.\n`,
  );
  if (thresholds.length > 0) console.log(describeThresholds(thresholds));
  console.log(describeCosts(costs));
}
