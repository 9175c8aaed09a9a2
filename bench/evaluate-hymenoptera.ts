/**
 * `npm run eval:hymenoptera [-- --seeds N] [--out FOLDER]`: ants and bees, the exercise of PyTorch's tutorial on
 * transfer learning. First by its protocol: 244 photos to train, and the best of 25 epochs on the 153 for validation.
 * Since these photos choose the epoch, the accuracy after the last epoch is stated too. Then with a fifth of the 244
 * for validation, so that the 153 are a test. Needs the photos of ../shared. Finished runs are kept, and skipped by
 * the next start; after an interruption, the same command continues.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { listPhotos } from "../cli/training/dataset/list-photos.ts";
import { readBase } from "../cli/training/run/open-run.ts";
import { CONFIG, RESULT, RunFolder } from "../cli/training/run/run-folder.ts";
import { readResult } from "../cli/training/run/run-result.ts";
import { beginRun, finishRun } from "../cli/training/run/run-training.ts";
import { NO_AUGMENTATION } from "../src/training/augment/augmentation.ts";
import { trainConfigSchema } from "../src/training/train-config.ts";
import { writeCsv } from "./training/choose-photos.ts";
import { formatMarkdown, percent } from "./training/compare-settings.ts";
import { mean } from "./training/paired-difference.ts";
import { probabilitiesOf, rightsOf } from "./training/read-measured.ts";
import { testNetwork } from "./training/test-network.ts";

const DATA = new URL("../../shared/data/hymenoptera/", import.meta.url).pathname;
const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
/** Not a photo: a picture that says that there is none. */
const NO_PHOTO = "imageNotFound.gif";
const EPOCHS = 25;
/** Of the photos to train; they choose the epoch. */
const SPLIT = { validation: 0.2, test: 0 };

const SETTINGS = [
  {
    name: "the classifier alone, photos as they are",
    id: "head",
    change: {
      stages: [{ epochs: EPOCHS, trainFrom: "head", rate: 0, headRate: 1e-3 }],
      augmentation: NO_AUGMENTATION,
    },
  },
  { name: "the defaults of `train run`", id: "defaults", change: {} },
] as const;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "3" },
    out: { type: "string", default: join(CACHE, "resnet-edge", "eval-hymenoptera") },
  },
});
if (!existsSync(DATA)) {
  console.error(`The photos are not there: ${DATA}.`);
  process.exit(2);
}
const seeds = Array.from({ length: Number(values.seeds) }, (_, seed) => seed);
const cache = join(values.out, "cache");
await mkdir(values.out, { recursive: true });
const photos = await listIn("train", "photos.csv");
const test = await listIn("val", "test.csv");
const tutorial: string[][] = [];
const split: string[][] = [];
for (const { name, id, change } of SETTINGS) {
  tutorial.push([name, ...(await followTutorial(id, change))]);
  split.push([name, ...(await testApart(id, change))]);
}
console.log(
  formatMarkdown(
    ["trained", "best epoch, %", "by seed", "last epoch, %", "by seed", "minutes"],
    tutorial,
  ),
);
console.log(
  formatMarkdown(["trained", "test photos right, %", "by seed", "epochs", "minutes"], split),
);

/** The accuracy on the photos that choose the epoch. */
async function followTutorial(id: string, change: object): Promise<string[]> {
  const [best, last, minutes]: [number[], number[], string[]] = [[], [], []];
  const validated = {
    validation: join(DATA, "val"),
    split: { validation: 0, test: 0 },
    patience: EPOCHS,
  };
  for (const seed of seeds) {
    const run = await train(`${id}-${seed}`, { seed, ...validated, ...change });
    best.push(Math.max(...run.accuracies));
    last.push(run.accuracies.at(-1) as number);
    minutes.push(run.minutes);
  }
  return [...describe(best), ...describe(last), minutes.join(", ")];
}

/** The accuracy on photos that do not choose the epoch. */
async function testApart(id: string, change: object): Promise<string[]> {
  const [rights, epochs, minutes]: [number[], number[], string[]] = [[], [], []];
  for (const seed of seeds) {
    const run = await train(`${id}-split-${seed}`, { seed, split: SPLIT, ...change });
    const answers = await testNetwork(await readBase(run.path), run.path, test, cache);
    rights.push(mean(rightsOf(probabilitiesOf(answers), answers.test.truths)));
    epochs.push(run.accuracies.length);
    minutes.push(run.minutes);
  }
  return [...describe(rights), epochs.join(", "), minutes.join(", ")];
}

function describe(shares: readonly number[]): [string, string] {
  return [percent(mean(shares)), shares.map(percent).join(", ")];
}

/** Lists the photos of a folder in a file. */
async function listIn(folder: string, file: string): Promise<string> {
  const { photos: listed } = await listPhotos(join(DATA, folder));
  const isPhoto = ({ path }: { path: string }) => basename(path) !== NO_PHOTO;
  return writeCsv(join(values.out, file), listed.filter(isPhoto));
}

/** Trains a network unless it is finished. */
async function train(name: string, settings: object) {
  const folder = new RunFolder(join(values.out, name));
  const options = { cache, silent: false };
  if (!existsSync(join(folder.path, RESULT))) {
    process.stderr.write(`${name} …\n`);
    const config = trainConfigSchema.parse({ photos, base: "resnet18", ...settings });
    await (existsSync(join(folder.path, CONFIG))
      ? finishRun(folder, options)
      : beginRun(folder, config, options));
  }
  const epochs = await folder.readEpochs();
  const { seconds } = (await readResult(folder.path)).result;
  return {
    path: folder.path,
    accuracies: epochs.flatMap(({ validation }) => validation?.accuracy ?? []),
    minutes: seconds === null ? "–" : (seconds / 60).toFixed(1),
  };
}
