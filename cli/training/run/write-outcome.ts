/** Measures a trained network, and writes what the run came to: the model, the report and the result. */
import { basename, resolve } from "node:path";
import type { Graph } from "../../../src/graphs/graph.ts";
import type { RgbImage } from "../../../src/imaging/rgb-image.ts";
import type { TrainingMethod, TrainingOrigin } from "../../../src/models/training-origin.ts";
import type { TrainConfig } from "../../../src/training/train-config.ts";
import { spread } from "../../images/list-images.ts";
import { readNames } from "../dataset/read-names.ts";
import type { Hardware } from "../load-engine.ts";
import type { BatchMaker } from "./make-batches.ts";
import type { Base } from "./open-run.ts";
import { explainAnswers } from "./report/explain-answers.ts";
import type { RunFolder, RunPhoto, RunPhotos, Score } from "./run-folder.ts";
import { countRight, readSeconds, toPredictions, writeResult } from "./run-result.ts";
import { evaluatePhotos, runOverPhotos, scoreLogits } from "./score-photos.ts";
import { writeReport } from "./write-report.ts";
import { writeTrainedModel } from "./write-trained-model.ts";

const SHEET_ROWS = 3;
const SHEET_COLUMNS = 8;

/** A run that has been trained to its end. */
export type TrainedRun = {
  readonly folder: RunFolder;
  readonly config: TrainConfig;
  readonly photos: RunPhotos;
  readonly base: Base;
  readonly batches: BatchMaker;
  /** With the best weights. */
  readonly graph: Graph;
  /** Name of the teacher; undefined without distillation. */
  readonly teacher: string | undefined;
  readonly hardware: Hardware;
  /** When the command began, in milliseconds. */
  readonly started: number;
  /** Undefined if no epoch was left. */
  readonly secondsPerEpoch: number | undefined;
  /** Whether the command trained the whole run, so that its time is that of the run. */
  readonly isNew: boolean;
};

export type RunFigures = {
  /** Numbers of photos. */
  readonly counts: Readonly<Record<RunPhoto["part"], number>>;
  /** On photos that chose the weights. */
  readonly validation: Score | null;
  /** On photos that were used for nothing else. */
  readonly test: Score | null;
  /** Null if the run was interrupted. */
  readonly seconds: number | null;
};

export async function writeOutcome(run: TrainedRun): Promise<RunFigures> {
  const { folder, config, photos, base, batches, graph, teacher, hardware, started } = run;
  const { classes } = photos;
  const earlierSeconds = await readSeconds(folder.path);
  const of = (part: RunPhoto["part"]) => photos.photos.filter((photo) => photo.part === part);
  const answer = (part: RunPhoto["part"]) =>
    runOverPhotos({ graph, logits: base.logits }, of(part), batches, hardware);
  const validation = await answer("validation");
  const test = await answer("test");
  const score = (logits: readonly Float32Array[], part: RunPhoto["part"]) =>
    logits.length > 0 ? scoreLogits(logits, of(part)) : null;
  const scores = { validation: score(validation, "validation"), test: score(test, "test") };
  const counts = {
    train: of("train").length,
    validation: validation.length,
    test: test.length,
  };
  const epochs = await folder.readEpochs();
  const evaluation =
    validation.length > 0 ? evaluatePhotos(classes, validation, of("validation")) : undefined;
  const { training: origin } = await writeTrainedModel(folder.path, base, {
    graph,
    labels: await readNames(config.photos, classes),
    origin: {
      method: methodOf(config),
      photos: counts,
      classes: classes.length,
      settings: {
        ...{ epochs: epochs.length, seed: config.seed, batch: config.batch },
        ...(teacher ? { teacher } : {}),
      },
    },
    validation: evaluation,
    test: scores.test
      ? { images: test.length, top1: Number((100 * scores.test.accuracy).toFixed(2)) }
      : undefined,
  });
  const judged = test.length > 0 ? ("test" as const) : ("validation" as const);
  const { features } = base.model.manifest.outputs;
  await writeReport(folder.path, {
    title: `${basename(resolve(folder.path))}: ${classes.length} classes from ${config.base}${teacher ? `, with ${teacher} as its teacher` : ""}`,
    classes,
    counts,
    ...scores,
    epochs,
    judged: of(judged).map((photo, i) => ({
      photo,
      logits: (judged === "test" ? test : validation)[i] as Float32Array,
    })),
    temperature: evaluation?.temperature,
    explain:
      features === undefined
        ? undefined
        : (answered) => explainAnswers(graph, features, answered, batches, hardware),
    origin: origin as TrainingOrigin,
    cost: {
      seconds: run.isNew ? secondsSince(started) : earlierSeconds,
      secondsPerEpoch: run.secondsPerEpoch,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    },
    picture: (photo) => batches.picture(photo),
    augmented: await makeSheet(batches, of("train")),
  });
  const seconds = run.isNew ? secondsSince(started) : earlierSeconds;
  const predictions = toPredictions(classes, of("test"), test);
  const result = {
    validation: countRight(toPredictions(classes, of("validation"), validation)),
    test: countRight(predictions),
    seconds,
    ...(teacher ? { teacher } : {}),
  };
  await writeResult(folder.path, result, predictions);
  return { counts, ...scores, seconds };
}

function secondsSince(ms: number): number {
  return (Date.now() - ms) / 1000;
}

function methodOf({ stages, distillation }: TrainConfig): TrainingMethod {
  if (distillation) return "distillation";
  return stages.every(({ trainFrom }) => trainFrom === "head") ? "head" : "fine-tuning";
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
