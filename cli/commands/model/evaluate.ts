import { basename, resolve } from "node:path";
import { evaluatePredictions } from "../../../src/evaluate/evaluate-predictions.ts";
import type { ClassLabel } from "../../../src/labels/class-label.ts";
import { findDisagreement } from "../../../src/labels/compare-classes.ts";
import { labelClasses } from "../../../src/labels/label-classes.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { describeEvaluation, type EvaluateReport } from "../../evaluate/describe-evaluation.ts";
import { matchImages } from "../../evaluate/match-images.ts";
import { predictImages } from "../../evaluate/predict.ts";
import { addFigures, EVALUATION_FOLDER, writeFigures } from "../../evaluate/write-evaluation.ts";
import { type LabelledImage, listFiledImages } from "../../images/list-images.ts";
import {
  type ModelFolder,
  readModelFiles,
  readModelFolder,
  writeModelFolder,
} from "../../models/model-folder.ts";
import { readLabelSources } from "../../platform/label-sources.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

export const evaluate = defineCommand({
  description: `Run a model over images of known classes and write the results into the folder's manifest: top-1 and top-5 accuracy, the temperature that calibrates its confidences, and thresholds. Write a reliability diagram, a risk-coverage curve and a table of the classes to FOLDER/${EVALUATION_FOLDER}.`,
  arguments: { folder: { placeholder: "FOLDER", help: "a model folder" } },
  options: {
    data: {
      type: "text",
      required: true,
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
      placeholder: "NAME",
      help: "what the manifest calls the images",
      defaultText: "the name of DIR",
    },
    dryRun: { type: "flag", help: "do not change the manifest" },
  },
  run: async ({ args: { folder: path }, options }) => {
    const model = await readModelFolder(path);
    const float =
      options.against === undefined ? undefined : await readModelFolder(options.against);
    const labels = await readLabels(model);
    if (float) requireSameClasses(labels, await readLabels(float), float);
    const { images, ...skipped } = matchImages(await listFiledImages(options.data), labels);
    const predict = (folder: ModelFolder) => runModel(folder, images, labels.length, options.json);
    const logits = await predict(model);
    const evaluation = evaluatePredictions(
      {
        ids: labels.map(({ id }) => id),
        truths: images.map(({ classId }) => classId),
        logits,
        floatLogits: float && (await predict(float)),
      },
      options.targetPrecision,
    );
    const dataset = options.name ?? basename(resolve(options.data));
    const title = `${versionName(model.manifest)} on ${dataset}`;
    const files = await writeFigures(path, title, evaluation, labels);
    if (!options.dryRun) {
      await writeModelFolder(path, addFigures(model.manifest, dataset, evaluation));
    }
    const { reliability: _, riskCoverage: __, classes: ___, ...figures } = evaluation;
    const report: EvaluateReport = { folder: path, dataset, ...skipped, files, ...figures };
    return { result: report, text: describeEvaluation(report) };
  },
});

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
  silent: boolean,
): Promise<Float32Array[]> {
  await readModelFiles(folder);
  const bar = new ProgressBar(basename(folder.path), { silent, unit: "images" });
  const paths = images.map(({ path }) => path);
  try {
    return await predictImages(folder, paths, {
      classCount,
      onProgress: (done) => bar.update(done, paths.length),
    });
  } finally {
    bar.end();
  }
}
