/** Runs or resumes a training run, and writes the model and its report. */
import { putWeights } from "../../../src/training/replace-head.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";
import { readNames } from "../dataset/read-names.ts";
import { openTeacher } from "../distill/open-teacher.ts";
import { readTeacherOf, recordTeacher } from "../distill/prepare-teacher.ts";
import type { Hardware } from "../load-engine.ts";
import { resumeCommand } from "./interrupted.ts";
import { hashBase } from "./network-hash.ts";
import { type Base, makeBatchMaker, makeNetwork, openStore, readBase } from "./open-run.ts";
import { defaultCache } from "./photo-store.ts";
import { type PreparedPhotos, preparePhotos } from "./prepare-photos.ts";
import { restorePhotos } from "./restore-photos.ts";
import type { RunFolder, RunPhoto, RunPhotos, Score } from "./run-folder.ts";
import { trainNetwork } from "./train-network.ts";
import { TrainingView } from "./training-view.ts";
import { writeOutcome } from "./write-outcome.ts";

export type RunOptions = Hardware & {
  /** Folder for decoded photos. */
  readonly cache: string | undefined;
  /** Whether nothing may be printed. */
  readonly silent: boolean;
  /** Continues what is interrupted; train resume of the folder if undefined. */
  readonly resumeCommand?: string | undefined;
  /** Ends training after the current step, as Ctrl-C does. */
  readonly signal?: AbortSignal;
};

/** What `train run` and `train resume` report. */
export type TrainingReport = {
  readonly folder: string;
  readonly classes: readonly string[];
  readonly photos: { readonly train: number; readonly validation: number; readonly test: number };
  readonly damaged: readonly { readonly path: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  /** Name of the teacher; null without distillation. */
  readonly teacher: string | null;
  /** On photos that chose the weights. */
  readonly validation: Score | null;
  /** On photos that were used for nothing else. */
  readonly test: Score | null;
  /** Null if the run was interrupted. */
  readonly seconds: number | null;
};

/** Begins a run and trains to its end. */
export async function beginRun(
  folder: RunFolder,
  config: TrainConfig,
  options: RunOptions,
): Promise<TrainingReport> {
  const { damaged, warnings } = await prepareRun(folder, config, options);
  const report = await finishRun(folder, options, true);
  return { ...report, damaged, warnings: [...report.warnings, ...warnings] };
}

/**
 * Reads and splits the photos of a run, and writes its settings.
 *
 * @param photos - if they are already split
 */
export async function prepareRun(
  folder: RunFolder,
  config: TrainConfig,
  options: RunOptions,
  photos?: RunPhotos,
): Promise<PreparedPhotos> {
  const base = await readBase(config.base, config.inputSide);
  const teacher = await readTeacherOf(config);
  const prepared = photos
    ? { photos, damaged: [], warnings: [] }
    : await readPhotos(config, base, options);
  await readNames(config.photos, prepared.photos.classes);
  const begun = { ...config, baseSha256: hashBase(base.model.manifest) };
  await folder.begin(recordTeacher(begun, teacher, prepared.photos.classes), prepared.photos);
  return prepared;
}

async function readPhotos(config: TrainConfig, base: Base, { cache, silent }: RunOptions) {
  const store = openStore(base, cache ?? defaultCache());
  const bar = new ProgressBar("reading", { silent, unit: "photos" });
  return preparePhotos(config, store, (done, total) => bar.update(done, total)).finally(() =>
    bar.end(),
  );
}

/** Trains from where the run is, and writes the model. */
export async function finishRun(
  folder: RunFolder,
  options: RunOptions,
  isNew = false,
): Promise<TrainingReport> {
  const started = Date.now();
  const config = await folder.readConfig();
  const photos = await folder.readPhotos();
  const base = await readBase(config.base, config.inputSide);
  requireSameBase(config, base);
  const store = openStore(base, options.cache ?? defaultCache());
  const bar = new ProgressBar("reading", { silent: options.silent, unit: "photos" });
  await restorePhotos(photos, store, (done, total) => bar.update(done, total)).finally(() =>
    bar.end(),
  );
  const graph = makeNetwork(base, photos);
  const batches = makeBatchMaker(store, base, config, photos);
  const of = (part: RunPhoto["part"]) => photos.photos.filter((photo) => photo.part === part);
  const teacherOutputs = await openTeacher(
    { folder, config, photos, batches, options },
    (teacher, isNewTeacher) => {
      // The run of a teacher is resumed with that of its student.
      const command = options.resumeCommand ?? resumeCommand(folder.path, options);
      return finishRun(teacher, { ...options, resumeCommand: command }, isNewTeacher);
    },
  );
  const teacher = teacherOutputs?.plan.teacher.title;
  const view = new TrainingView(options.silent);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const ended: number[] = [];
  const begun = Date.now();
  try {
    const weights = await trainNetwork({
      folder,
      config,
      graph,
      logits: base.logits,
      train: of("train"),
      validation: of("validation"),
      batches,
      teacherOutputs,
      hardware: options,
      resumeCommand: options.resumeCommand,
      signal: options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal,
      onFrozen: (done, total) => view.showFrozen(done, total),
      onStep: (report) => view.showStep(report),
      onEpoch: (entry) => {
        ended.push(Date.now());
        view.showEpoch(entry);
      },
    });
    const { counts, ...figures } = await writeOutcome({
      ...{ folder, config, photos, base, batches, teacher, started, isNew },
      graph: putWeights(graph, weights),
      hardware: options,
      secondsPerEpoch:
        ended.length > 0 ? (Math.max(...ended) - begun) / 1000 / ended.length : undefined,
    });
    return {
      folder: folder.path,
      classes: photos.classes,
      photos: counts,
      damaged: [],
      warnings: [
        ...(base.fromInt8
          ? [`${config.base} has int8 weights only; training started from what they stand for`]
          : []),
        ...(teacherOutputs?.plan.warnings ?? []),
      ],
      teacher: teacher ?? null,
      ...figures,
    };
  } finally {
    view.end();
    await teacherOutputs?.close();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** @throws CliError HASH_MISMATCH */
function requireSameBase({ base: name, baseSha256 }: TrainConfig, { model }: Base): void {
  // Earlier runs recorded the hash of the network alone.
  const hashes = [hashBase(model.manifest), model.manifest.files.model.sha256];
  if (baseSha256 === undefined || hashes.includes(baseSha256)) return;
  throw new CliError("HASH_MISMATCH", {
    what: `The run cannot continue from ${name}.`,
    why: `Its network, or what its manifest says about the input, has changed since the run began: the SHA-256 of both is ${hashes[0]}, not ${baseSha256}.`,
    fix: "Restore the base, or start the run again with train run.",
  });
}
