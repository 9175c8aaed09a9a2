/**
 * `npm run eval:hymenoptera [-- --seeds N] [--out FOLDER]`: ants and bees, the exercise of PyTorch's tutorial on
 * transfer learning, by its protocol: 244 photos to train, and the best of 25 epochs on the 153 for validation. Since
 * these photos choose the epoch, that of the last epoch is stated too. Needs the photos of ../shared. Finished runs are
 * kept, and skipped by the next start; after an interruption, the same command continues.
 */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { listPhotos } from "../cli/training/dataset/list-photos.ts";
import { CONFIG, RESULT, RunFolder } from "../cli/training/run/run-folder.ts";
import { readResult } from "../cli/training/run/run-result.ts";
import { beginRun, finishRun } from "../cli/training/run/run-training.ts";
import { NO_AUGMENTATION } from "../src/training/augment/augmentation.ts";
import { trainConfigSchema } from "../src/training/train-config.ts";
import { writeCsv } from "./training/choose-photos.ts";
import { formatMarkdown, percent } from "./training/compare-settings.ts";
import { mean } from "./training/paired-difference.ts";

const DATA = new URL("../../shared/data/hymenoptera/", import.meta.url).pathname;
const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
/** Not a photo: a picture that says that there is none. */
const PLACEHOLDER = "imageNotFound.gif";
const EPOCHS = 25;

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
const photos = await writePhotos();
const rows: string[][] = [];
for (const { name, id, change } of SETTINGS) {
  const runs: { best: number; last: number; seconds: number | null }[] = [];
  for (const seed of seeds) runs.push(await train(`${id}-${seed}`, { seed, ...change }));
  const times = runs.flatMap(({ seconds }) => (seconds === null ? [] : (seconds / 60).toFixed(1)));
  rows.push([
    name,
    ...(["best", "last"] as const).flatMap((epoch) => {
      const shares = runs.map((run) => run[epoch]);
      return [percent(mean(shares)), shares.map(percent).join(", ")];
    }),
    times.join(", "),
  ]);
}
console.log(
  formatMarkdown(
    ["trained", "best epoch, %", "by seed", "last epoch, %", "by seed", "minutes"],
    rows,
  ),
);

/** Lists the photos for training, without the placeholder. */
async function writePhotos(): Promise<string> {
  const { photos: listed } = await listPhotos(join(DATA, "train"));
  await mkdir(values.out, { recursive: true });
  const isPhoto = ({ path }: { path: string }) => basename(path) !== PLACEHOLDER;
  return writeCsv(join(values.out, "photos.csv"), listed.filter(isPhoto));
}

/** Trains a network unless it is finished. */
async function train(name: string, settings: object) {
  const folder = new RunFolder(join(values.out, name));
  const options = { cache: join(values.out, "cache"), threads: undefined, silent: false };
  if (!existsSync(join(folder.path, RESULT))) {
    process.stderr.write(`${name} …\n`);
    const config = trainConfigSchema.parse({
      photos,
      validation: join(DATA, "val"),
      base: "resnet18",
      split: { validation: 0, test: 0 },
      patience: EPOCHS,
      ...settings,
    });
    await (existsSync(join(folder.path, CONFIG))
      ? finishRun(folder, options)
      : beginRun(folder, config, options));
  }
  const epochs = await folder.readEpochs();
  const accuracies = epochs.flatMap(({ validation }) => validation?.accuracy ?? []);
  const { result } = await readResult(folder.path);
  return {
    best: Math.max(...accuracies),
    last: accuracies.at(-1) as number,
    seconds: result.seconds,
  };
}
