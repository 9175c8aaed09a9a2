import { basename, join } from "node:path";
import { evaluatePredictions } from "../../../src/evaluate/evaluate-predictions.ts";
import {
  evaluateSets,
  type PredictedSet,
  type SetEvaluation,
} from "../../../src/evaluate/evaluate-sets.ts";
import { MAX_ECE_RISE } from "../../../src/evaluate/shared-temperature.ts";
import { ENGINE_SETTINGS, type EngineName } from "../../../src/inference/engines/engine.ts";
import { isProbabilities } from "../../../src/inference/is-probabilities.ts";
import type { ClassLabel } from "../../../src/labels/class-label.ts";
import { findDisagreement } from "../../../src/labels/compare-classes.ts";
import { labelClasses } from "../../../src/labels/label-classes.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import {
  describeEvaluation,
  describeSetsEvaluation,
  type EvaluateReport,
  type EvaluateSetsReport,
} from "../../evaluate/describe-evaluation.ts";
import { predictImages, predictSoundImages } from "../../evaluate/predict.ts";
import { type ImageSet, readSets } from "../../evaluate/read-sets.ts";
import { addFigures, EVALUATION_FOLDER, writeFigures } from "../../evaluate/write-evaluation.ts";
import { requireWritable } from "../../files/require-writable.ts";
import type { LabelledImage } from "../../images/list-images.ts";
import { type DamagedImage, DamagedImages } from "../../images/skip-damaged.ts";
import { chooseEngine } from "../../litert/choose-engine.ts";
import {
  type ModelFolder,
  readModelFiles,
  readModelFolder,
  writeModelFolder,
} from "../../models/model-folder.ts";
import { readLabelSources } from "../../platform/label-sources.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

export const evaluate = defineCommand({
  description: `Run a model over images of known classes and write the results into the folder's manifest: top-1 and top-5 accuracy, the temperature that calibrates its confidences, and thresholds. Write a reliability diagram, a risk-coverage curve and a table of the classes to FOLDER/${EVALUATION_FOLDER}.

With several sets of images (--data several times), the figures of each are reported. The temperature is fitted on one half of all sets together, and the calibration errors are those of the other halves. If the temperature raises the calibration error of a set by more than ${MAX_ECE_RISE}, it is moved toward 1. The recommended threshold is the highest of the sets' thresholds.`,
  arguments: { folder: { placeholder: "FOLDER", help: "a model folder" } },
  options: {
    data: {
      type: "text",
      required: true,
      repeated: true,
      placeholder: "DIR",
      help: "images in one folder per class, named after its id or name: DIR/n02123045/cat.jpg, DIR/invoice/1.png",
    },
    against: {
      type: "text",
      placeholder: "FOLDER",
      help: "compare with this float32 model: how often do both agree?",
    },
    targetPrecision: {
      type: "number",
      min: 0,
      max: 1,
      placeholder: "P",
      help: "share of answers that should be right",
      default: 0.95,
    },
    name: {
      type: "text",
      repeated: true,
      placeholder: "NAME",
      help: "what the manifest calls the images, once for each --data",
      defaultText: "the name of DIR",
    },
    engine: {
      type: "choice",
      choices: ENGINE_SETTINGS,
      placeholder: "NAME",
      help: "the engine that runs the model; auto is litert if the graph can be converted. Another model (--against) always runs with onnxruntime",
      default: "onnxruntime",
    },
    strict: { type: "flag", help: "stop at the first damaged image, instead of skipping it" },
    dryRun: {
      type: "flag",
      help: "write the charts and the table, but do not change the manifest",
    },
  },
  run: async ({ args: { folder: path }, options }) => {
    const model = await readModelFolder(path);
    const float =
      options.against === undefined ? undefined : await readModelFolder(options.against);
    const labels = await readLabels(model);
    if (float) requireSameClasses(labels, await readLabels(float), float);
    await requireWritable(join(path, EVALUATION_FOLDER));
    const found = await readSets(options.data, options.name, labels);
    const damaged = new DamagedImages(options.strict);
    const engine = await chooseEngine(options.engine, model);
    const predict = (folder: ModelFolder, images: readonly LabelledImage[]) => {
      const run = { ...options, engine: folder === model ? engine : "onnxruntime" } as const;
      return runModel(folder, images, labels.length, run, damaged);
    };
    const listed = found.flatMap((set) => set.images);
    const results = await predict(model, listed);
    const { sets, logits } = keepSound(found, results);
    damaged.requireSome(listed.length);
    const floatLogits =
      float &&
      (await predict(
        float,
        sets.flatMap(({ images }) => images),
      ));
    const predicted = splitPredictions(sets, logits, floatLogits as Float32Array[] | undefined);
    const ids = labels.map(({ id }) => id);
    const { targetPrecision } = options;
    const several = sets.length > 1 ? evaluateSets(ids, predicted, targetPrecision) : undefined;
    const [first] = predicted as [PredictedSet]; // --data is required.
    const evaluation = several ?? evaluatePredictions({ ids, ...first }, targetPrecision);
    const figures = several?.sets ?? [{ ...evaluation, dataset: first.dataset }];
    const name = versionName(model.manifest);
    const files = await writeFigures(path, name, figures, evaluation, labels);
    if (!options.dryRun) {
      await writeModelFolder(path, addFigures(model.manifest, figures, evaluation));
    }
    const { classes: _, ...rest } = omitCurves(evaluation);
    const report: EvaluateReport = {
      folder: path,
      engine,
      dataset: sets.map(({ dataset }) => dataset).join(", "),
      skipped: sets.reduce((sum, { skipped }) => sum + skipped, 0),
      skippedFolders: [...new Set(sets.flatMap(({ skippedFolders }) => skippedFolders))].sort(),
      damaged: damaged.list(),
      warnings: logits.every(isProbabilities) ? [PROBABILITIES] : [],
      files,
      ...rest,
    };
    if (!several) return { result: report, text: describeEvaluation(report) };
    const setsReport: EvaluateSetsReport = {
      ...report,
      fittedTemperature: several.fittedTemperature,
      sets: sets.map(({ skipped, skippedFolders }, i) => ({
        ...omitCurves(several.sets[i] as SetEvaluation),
        skipped,
        skippedFolders,
      })),
    };
    return { result: setsReport, text: describeSetsEvaluation(setsReport) };
  },
});

const PROBABILITIES =
  "the network gives probabilities, not logits, so a softmax is applied twice and confidences are far too low; pull it again from its source with model pull, which removes its Softmax";

/** Leaves out the images without logits, and the sets without images. */
function keepSound(
  sets: readonly ImageSet[],
  results: readonly (Float32Array | undefined)[],
): { readonly sets: ImageSet[]; readonly logits: Float32Array[] } {
  let index = 0;
  const kept = sets.map((set) => ({
    ...set,
    images: set.images.filter(() => results[index++] !== undefined),
  }));
  return {
    sets: kept.filter(({ images }) => images.length > 0),
    logits: results.filter((logits) => logits !== undefined),
  };
}

/** Gives each set the logits of its images; those of all sets follow one another. */
function splitPredictions(
  sets: readonly ImageSet[],
  logits: readonly Float32Array[],
  floatLogits: readonly Float32Array[] | undefined,
): PredictedSet[] {
  let end = 0;
  return sets.map(({ dataset, images }) => {
    const start = end;
    end += images.length;
    return {
      dataset,
      truths: images.map(({ classId }) => classId),
      logits: logits.slice(start, end),
      floatLogits: floatLogits?.slice(start, end),
    };
  });
}

/** Removes what the charts show. */
function omitCurves<Figures extends Pick<SetEvaluation, "reliability" | "riskCoverage">>({
  reliability: _,
  riskCoverage: __,
  ...rest
}: Figures) {
  return rest;
}

async function readLabels({ path, manifest }: ModelFolder): Promise<ClassLabel[]> {
  try {
    return labelClasses(manifest.labels, await readLabelSources());
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CliError("MANIFEST_INVALID", {
      what: `The manifest in ${path} cannot be used.`,
      why: cause.message,
      fix: "Correct its labels; docs/model-format.md describes them.",
      cause,
    });
  }
}

/** Logits are compared by index: the order of the classes matters. */
function requireSameClasses(
  labels: readonly ClassLabel[],
  floatLabels: readonly ClassLabel[],
  float: ModelFolder,
): void {
  const isSameOrder =
    labels.length === floatLabels.length && labels.every(({ id }, i) => id === floatLabels[i]?.id);
  const reason = isSameOrder
    ? findDisagreement(labels, floatLabels)
    : "their manifests list different classes, or list them in another order";
  if (reason === undefined) return;
  throw new CliError("CLASSES_MISMATCH", {
    what: `${float.path} cannot be used for --against.`,
    why: `Its classes do not agree with the model's: ${reason}.`,
    fix: "Give the float32 model that the other one was quantised from.",
  });
}

async function runModel(
  folder: ModelFolder,
  images: readonly LabelledImage[],
  classCount: number,
  {
    engine,
    json,
    strict,
  }: { readonly engine: EngineName; readonly json: boolean; readonly strict: boolean },
  damaged: DamagedImages,
): Promise<(Float32Array | undefined)[]> {
  await readModelFiles(folder);
  const bar = new ProgressBar(basename(folder.path), { silent: json, unit: "images" });
  const paths = images.map(({ path }) => path);
  const onProgress = (done: number) => bar.update(done, paths.length);
  const options = { classCount, engine, onProgress };
  try {
    if (strict) return await predictImages(folder, paths, options);
    const onDamaged = (image: DamagedImage) => damaged.add(image);
    return await predictSoundImages(folder, paths, { ...options, onDamaged });
  } finally {
    bar.end();
  }
}
