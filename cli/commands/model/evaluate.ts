import { basename, resolve } from "node:path";
import { evaluatePredictions } from "../../../src/evaluate/evaluate-predictions.ts";
import { selectClassLabels } from "../../../src/labels/class-labels.ts";
import type { ClassLabel } from "../../../src/labels/label-table.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { describeEvaluation, type EvaluateReport } from "../../evaluate/describe-evaluation.ts";
import { predictImages } from "../../evaluate/predict.ts";
import { addFigures, EVALUATION_FOLDER, writeFigures } from "../../evaluate/write-evaluation.ts";
import { type LabelledImage, listLabelledImages } from "../../images/list-images.ts";
import {
  type ModelFolder,
  readModelFiles,
  readModelFolder,
  writeModelFolder,
} from "../../models/model-folder.ts";
import { readLabelTable } from "../../platform/label-table.ts";
import { ProgressBar } from "../../terminal/progress-bar.ts";

export const evaluate = defineCommand({
  description: `Run a model over images of known classes and write the results into the folder's manifest: top-1 and top-5 accuracy, the temperature that calibrates its confidences, and thresholds. Write a reliability diagram, a risk-coverage curve and a table of the classes to FOLDER/${EVALUATION_FOLDER}.`,
  arguments: { folder: { placeholder: "FOLDER", help: "a model folder" } },
  options: {
    data: {
      type: "text",
      required: true,
      placeholder: "DIR",
      help: "images in one folder per class, named after its synset: DIR/n02123045/cat.jpg",
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
    const labels = selectClassLabels(await readLabelTable(), model.manifest.labels.synsets);
    if (float) requireSameClasses(model, float);
    const { images, skipped } = keepKnown(await listLabelledImages(options.data), labels);
    const predict = (folder: ModelFolder) => runModel(folder, images, labels.length, options.json);
    const logits = await predict(model);
    const evaluation = evaluatePredictions(
      {
        synsets: labels.map(({ synset }) => synset),
        truths: images.map(({ synset }) => synset),
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
    const report: EvaluateReport = { folder: path, dataset, skipped, files, ...figures };
    return { result: report, text: describeEvaluation(report) };
  },
});

function keepKnown(images: readonly LabelledImage[], labels: readonly ClassLabel[]) {
  const known = new Set(labels.map(({ synset }) => synset));
  const kept = images.filter(({ synset }) => known.has(synset));
  if (kept.length > 0) return { images: kept, skipped: images.length - kept.length };
  throw new CliError("IMAGES_MISSING", {
    what: "There are no images of the model's classes.",
    why: `None of the ${images.length} images shows one of its ${labels.length} classes.`,
    fix: "Give images of its classes.",
  });
}

function requireSameClasses(model: ModelFolder, float: ModelFolder): void {
  const classes = ({ manifest }: ModelFolder) => manifest.labels.synsets?.join() ?? "all";
  if (classes(model) === classes(float)) return;
  throw new CliError("CLASSES_MISMATCH", {
    what: `${float.path} cannot be compared with ${model.path}.`,
    why: "Their manifests have different classes.",
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
