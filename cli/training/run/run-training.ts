/** Runs or resumes a training run, and writes the model and its report. */
import { basename, resolve } from "node:path";
import { evaluatePredictions } from "../../../src/evaluate/evaluate-predictions.ts";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import type { TrainingMethod, TrainingOrigin } from "../../../src/models/training-origin.ts";
import { putWeights } from "../../../src/training/replace-head.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { CliError } from "../../cli-error.ts";
import { spread } from "../../images/list-images.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";
import { readNames } from "../dataset/read-names.ts";
import { openTeacher } from "../distill/open-teacher.ts";
import { readTeacherOf, recordTeacher } from "../distill/prepare-teacher.ts";
import type { BatchMaker } from "./make-batches.ts";
import { hashBase } from "./network-hash.ts";
import { type Base, makeBatchMaker, makeNetwork, openStore, readBase } from "./open-run.ts";
import { defaultCache } from "./photo-store.ts";
import { type PreparedPhotos, preparePhotos } from "./prepare-photos.ts";
import { explainAnswers } from "./report/explain-answers.ts";
import { restorePhotos } from "./restore-photos.ts";
import type { RunFolder, RunPhoto, RunPhotos, Score } from "./run-folder.ts";
import { countRight, toPredictions, writeResult } from "./run-result.ts";
import { runOverPhotos, scoreLogits } from "./score-photos.ts";
import { trainNetwork } from "./train-network.ts";
import { TrainingView } from "./training-view.ts";
import { writeReport } from "./write-report.ts";
import { writeTrainedModel } from "./write-trained-model.ts";

export type RunOptions = {
  /** Folder for decoded photos. */
  readonly cache: string | undefined;
  readonly threads: number | undefined;
  /** Whether nothing may be printed. */
  readonly silent: boolean;
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
  readonly seconds: number;
};

const SHEET_ROWS = 3;
const SHEET_COLUMNS = 8;
/** Share of correct answers that the threshold is chosen for. */
const TARGET_PRECISION = 0.95;

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
    (teacher, isNewTeacher) => finishRun(teacher, options, isNewTeacher),
  );
  const teacher = teacherOutputs?.plan.teacher.title;
  const view = new TrainingView(options.silent);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const { features } = base.model.manifest.outputs;
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
      threads: options.threads,
      signal: options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal,
      onFrozen: (done, total) => view.showFrozen(done, total),
      onStep: (report) => view.showStep(report),
      onEpoch: (entry) => {
        ended.push(Date.now());
        view.showEpoch(entry);
      },
    });
    const best = putWeights(graph, weights);
    const run = (part: RunPhoto["part"]) =>
      runOverPhotos({ graph: best, logits: base.logits }, of(part), batches, options.threads);
    const validation = await run("validation");
    const test = await run("test");
    const score = (logits: readonly Float32Array[], part: RunPhoto["part"]) =>
      logits.length > 0 ? scoreLogits(logits, of(part)) : null;
    const tested = score(test, "test");
    const epochs = await folder.readEpochs();
    const evaluation =
      validation.length > 0 ? evaluate(photos, validation, of("validation")) : undefined;
    const { training: origin } = await writeTrainedModel(folder.path, base, {
      graph: best,
      labels: await readNames(config.photos, photos.classes),
      origin: {
        method: methodOf(config),
        photos: {
          train: of("train").length,
          validation: validation.length,
          test: test.length,
        },
        classes: photos.classes.length,
        settings: {
          ...{ epochs: epochs.length, seed: config.seed, batch: config.batch },
          ...(teacher ? { teacher } : {}),
        },
      },
      validation: evaluation,
      test: tested
        ? { images: test.length, top1: Number((100 * tested.accuracy).toFixed(2)) }
        : undefined,
    });
    const judged = test.length > 0 ? ("test" as const) : ("validation" as const);
    await writeReport(folder.path, {
      title: `${basename(resolve(folder.path))}: ${photos.classes.length} classes from ${config.base}${teacher ? `, with ${teacher} as its teacher` : ""}`,
      classes: photos.classes,
      counts: {
        train: of("train").length,
        validation: validation.length,
        test: test.length,
      },
      validation: score(validation, "validation"),
      test: tested,
      epochs,
      judged: of(judged).map((photo, i) => ({
        photo,
        logits: (judged === "test" ? test : validation)[i] as Float32Array,
      })),
      temperature: evaluation?.temperature,
      explain:
        features === undefined
          ? undefined
          : (answered) => explainAnswers(best, features, answered, batches, options.threads),
      origin: origin as TrainingOrigin,
      cost: {
        seconds: (Date.now() - started) / 1000,
        secondsPerEpoch:
          ended.length > 0 ? (Math.max(...ended) - begun) / 1000 / ended.length : undefined,
        peakBytes: process.resourceUsage().maxRSS * 1024,
      },
      picture: (photo) => batches.picture(photo),
      augmented: await makeSheet(batches, of("train")),
    });
    const seconds = (Date.now() - started) / 1000;
    const predictions = toPredictions(photos.classes, of("test"), test);
    await writeResult(
      folder.path,
      {
        validation: countRight(toPredictions(photos.classes, of("validation"), validation)),
        test: countRight(predictions),
        seconds: isNew ? seconds : null,
        ...(teacher ? { teacher } : {}),
      },
      predictions,
    );
    return {
      folder: folder.path,
      classes: photos.classes,
      photos: {
        train: of("train").length,
        validation: validation.length,
        test: test.length,
      },
      damaged: [],
      warnings: [
        ...(base.fromInt8
          ? [`${config.base} has int8 weights only; training started from what they stand for`]
          : []),
        ...(teacherOutputs?.plan.warnings ?? []),
      ],
      teacher: teacher ?? null,
      validation: score(validation, "validation"),
      test: tested,
      seconds,
    };
  } finally {
    view.end();
    await teacherOutputs?.close();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

function methodOf({ stages, distillation }: TrainConfig): TrainingMethod {
  if (distillation) return "distillation";
  return stages.every(({ trainFrom }) => trainFrom === "head") ? "head" : "fine-tuning";
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

/** Some photos of different classes, each as several epochs see it. */
async function makeSheet(batches: BatchMaker, photos: readonly RunPhoto[]) {
  const chosen = spread(photos, SHEET_ROWS);
  const rows: RgbImage[][] = [];
  for (const photo of chosen) {
    const row: RgbImage[] = [];
    for (let epoch = 0; epoch < SHEET_COLUMNS; epoch++) {
      row.push(await batches.augmented(photo, epoch));
    }
    rows.push(row);
  }
  return rows;
}

/** The figures of a network on photos that it was not trained on. */
export function evaluate(
  { classes }: RunPhotos,
  logits: readonly Float32Array[],
  photos: readonly RunPhoto[],
) {
  const truths = photos.map((photo) => classes[photo.class] as string);
  return evaluatePredictions(
    { ids: classes, logits, floatLogits: undefined, truths },
    TARGET_PRECISION,
  );
}
