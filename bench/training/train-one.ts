/**
 * `node bench/training/train-one.ts RUN OUT`: makes and tests one network in a process that does nothing else,
 * so that CPU time and memory are its own. RUN is a {@link PlannedRun} in JSON. Continues a run that was interrupted.
 * Ends with the process that started it.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readBase } from "../../cli/training/run/open-run.ts";
import { CONFIG, RESULT, RunFolder } from "../../cli/training/run/run-folder.ts";
import { beginRun, finishRun } from "../../cli/training/run/run-training.ts";
import type { Graph } from "../../src/graphs/graph.ts";
import { averageWeights } from "../../src/training/soup.ts";
import { type TrainConfig, trainConfigSchema } from "../../src/training/train-config.ts";
import {
  type AveragedRun,
  MEASURED,
  type Measured,
  type PlannedRun,
  type TrainedRun,
} from "./planned-run.ts";
import { THREADS, testNetwork } from "./test-network.ts";

const WRITTEN_BY_RUN: readonly string[] = ["baseSha256", "teacherSha256"];

const [json = "", out = ""] = process.argv.slice(2);
const endEarly = () => process.exit(1);
process.on("disconnect", endEarly);
const run: PlannedRun = JSON.parse(json);
const cache = join(out, "photos");
await mkdir(join(out, run.name), { recursive: true });
await write(join(out, run.name), await ("members" in run ? average(run) : train(run)));
process.off("disconnect", endEarly);
process.disconnect?.();

async function train({ name: folder, config: given, test }: TrainedRun): Promise<Measured> {
  const path = join(out, folder);
  const config = trainConfigSchema.parse(given);
  const options = { cache, threads: THREADS, silent: true };
  const runFolder = new RunFolder(path);
  const isNew = !existsSync(join(path, CONFIG));
  if (isNew) await beginRun(runFolder, config, options);
  else {
    await requireSame(runFolder, config);
    if (!existsSync(join(path, RESULT))) await finishRun(runFolder, options);
  }
  const answers = await testNetwork(await readBase(path), path, test, cache);
  // The last state is only for continuing, and takes more room than the network.
  for (const file of await readdir(path)) {
    if (file.startsWith("checkpoint-")) await rm(join(path, file));
  }
  return { ...(await describeRun(path)), ...answers, ...usage(isNew) };
}

async function average({ members, test }: AveragedRun): Promise<Measured> {
  const paths = members.map((member) => join(out, member));
  const [first = ""] = paths;
  const network = { ...(await readBase(first)), graph: await averageWeights(readGraphs(paths)) };
  const answers = await testNetwork(network, first, test, cache);
  return { ...(await describeRun(first)), ...answers, ...usage(true) };
}

async function* readGraphs(paths: readonly string[]): AsyncGenerator<Graph> {
  for (const path of paths) yield (await readBase(path)).graph;
}

/** @throws Error if the folder holds a run with other settings */
async function requireSame(runFolder: RunFolder, config: TrainConfig): Promise<void> {
  if (describeGiven(await runFolder.readConfig()) === describeGiven(config)) return;
  throw new Error(
    `${runFolder.path} holds a run with other settings. Give another folder with --out.`,
  );
}

function describeGiven(config: TrainConfig): string {
  return JSON.stringify(config, (key, value) => (WRITTEN_BY_RUN.includes(key) ? undefined : value));
}

async function describeRun(path: string): Promise<Pick<Measured, "classes" | "photos" | "epochs">> {
  const folder = new RunFolder(path);
  const { classes, photos } = await folder.readPhotos();
  return {
    classes,
    photos: photos.filter(({ part }) => part === "train").length,
    epochs: (await folder.readEpochs()).length,
  };
}

function usage(isWhole: boolean): Pick<Measured, "cpuSeconds" | "peakBytes"> {
  const { user, system } = process.cpuUsage();
  return {
    cpuSeconds: isWhole ? (user + system) / 1e6 : null,
    // Linux gives kilobytes.
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** A file that is there is complete. */
async function write(folder: string, measured: Measured): Promise<void> {
  const path = join(folder, MEASURED);
  await writeFile(`${path}.part`, JSON.stringify(measured));
  await rename(`${path}.part`, path);
}
