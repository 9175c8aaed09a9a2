/**
 * `npm run bench:frozen`: what it saves to compute the outputs of frozen layers once, in CPU time of a training run.
 * Each case runs with and without it, in turns, on the embedded ResNet-18 and noise.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatTable } from "../cli/terminal/format-table.ts";
import { BatchMaker } from "../cli/training/run/make-batches.ts";
import { type Base, makeNetwork, readBase } from "../cli/training/run/open-run.ts";
import { PhotoStore } from "../cli/training/run/photo-store.ts";
import { RunFolder, type RunPhoto } from "../cli/training/run/run-folder.ts";
import { trainNetwork } from "../cli/training/run/train-network.ts";
import { NO_AUGMENTATION } from "../src/training/augment/augmentation.ts";
import { type TrainConfig, trainConfigSchema } from "../src/training/train-config.ts";
import { median } from "./median.ts";

const { values: options } = parseArgs({
  options: {
    base: { type: "string", default: "resnet18" },
    photos: { type: "string", default: "32" },
    validation: { type: "string", default: "16" },
    epochs: { type: "string", default: "5" },
    rounds: { type: "string", default: "1" },
  },
});
const [COUNT, VALIDATION] = [Number(options.photos), Number(options.validation)];
const CLASSES = ["a", "b"];
const LAST_STAGE = 5;

const stage = { epochs: Number(options.epochs), rate: 1e-4, headRate: 1e-3 };
const CASES = (["head", LAST_STAGE] as const).flatMap((trainFrom) =>
  [true, false].map((isStill) => ({ trainFrom, isStill })),
);

const folder = await mkdtemp(join(tmpdir(), "resnet-edge-frozen-"));
try {
  const base = await readBase(options.base);
  const photos = await writeNoise(base);
  const rows: string[][] = [];
  for (const { trainFrom, isStill } of CASES) {
    const config = trainConfigSchema.parse({
      photos: "noise",
      base: options.base,
      stages: [{ ...stage, trainFrom }],
      ...(isStill ? { augmentation: NO_AUGMENTATION } : {}),
    });
    const seconds: { each: number; once: number }[] = [];
    for (let round = 0; round < Number(options.rounds); round++) {
      const each = await measure(base, config, photos, false);
      seconds.push({ each, once: await measure(base, config, photos, true) });
    }
    rows.push([
      trainFrom === "head" ? "head" : "last stage",
      isStill ? "none" : "the defaults",
      median(seconds.map(({ each }) => each)).toFixed(1),
      median(seconds.map(({ once }) => once)).toFixed(1),
      median(seconds.map(({ each, once }) => each / once)).toFixed(2),
    ]);
  }
  console.log(
    `${options.base}: ${COUNT} photos, ${VALIDATION} for validation, ${stage.epochs} epochs; CPU seconds, one thread`,
  );
  console.log(formatTable(["trained", "augmentation", "each epoch", "once", "ratio"], rows));
} finally {
  await rm(folder, { recursive: true });
}

/** CPU seconds of a run. */
async function measure(
  base: Base,
  config: TrainConfig,
  photos: readonly RunPhoto[],
  keepsOutputs: boolean,
): Promise<number> {
  const run = new RunFolder(join(folder, "run"));
  const all = { classes: CLASSES, photos: [...photos] };
  await run.begin(config, all);
  const { user, system } = process.cpuUsage();
  await trainNetwork({
    folder: run,
    config,
    graph: makeNetwork(base, all),
    logits: base.logits,
    train: photos.filter(({ part }) => part === "train"),
    validation: photos.filter(({ part }) => part === "validation"),
    batches: new BatchMaker(storeOf(base), base.spec, config, [1, 1]),
    teacherOutputs: undefined,
    hardware: { threads: 1 },
    keepsOutputs,
    signal: new AbortController().signal,
    onFrozen: () => {},
    onStep: () => {},
    onEpoch: () => {},
  });
  const spent = process.cpuUsage({ user, system });
  return (spent.user + spent.system) / 1e6;
}

function storeOf({ spec }: Base): PhotoStore {
  return new PhotoStore(join(folder, "cache"), spec);
}

async function writeNoise(base: Base): Promise<RunPhoto[]> {
  const store = storeOf(base);
  const side = 300;
  const photos: RunPhoto[] = [];
  for (let i = 0; i < COUNT + VALIDATION; i++) {
    const sha256 = `noise-${i}`;
    const data = Uint8Array.from({ length: 3 * side * side }, (_, at) => (at * (at + i) * 31) >> 4);
    await store.write(sha256, { width: side, height: side, data });
    const part = i < COUNT ? "train" : "validation";
    photos.push({ path: sha256, class: i % CLASSES.length, part, sha256 });
  }
  return photos;
}
