/** `resnet-edge model evaluate`: how good a model is, and how to read its confidences. */

import { basename, resolve } from "node:path";
import {
  type Evaluation,
  evaluatePredictions,
} from "../../../src/evaluate/evaluate-predictions.ts";
import { selectClassLabels } from "../../../src/labels/class-labels.ts";
import type { ClassLabel } from "../../../src/labels/label-table.ts";
import { versionName } from "../../../src/models/version-ref.ts";

import { CliError } from "../../cli-error.ts";
import { type Command, parseOptions, readNumber, requireWords } from "../../command.ts";
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

const DEFAULT_PRECISION = 0.95;

const USAGE = `resnet-edge model evaluate FOLDER --data DIR [options]

Runs a model over images whose classes are known and writes what it finds into the folder's manifest:
top-1 and top-5, the temperature that makes confidences mean what they say, and thresholds. Beside it,
in FOLDER/${EVALUATION_FOLDER}: a reliability diagram, a risk-coverage curve, a table of the classes.

  --data DIR          images in folders called by synset: DIR/n02123045/cat.jpg
  --against FOLDER    the float32 model, to tell how often both say the same
  --target-precision P  share of answers that are to be right (default ${DEFAULT_PRECISION})
  --name NAME         what the manifest calls the images (default: the folder's name)
  --dry-run           leave the manifest as it is
  --json              one line of JSON in place of words`;

const OPTIONS = {
  data: "string",
  against: "string",
  "target-precision": "string",
  name: "string",
  "dry-run": "boolean",
} as const;

/** What was found. */
export type EvaluateReport = Omit<Evaluation, "reliability" | "riskCoverage" | "classes"> & {
  readonly folder: string;
  readonly dataset: string;
  /** Images of classes that the model does not have: left out. */
  readonly skipped: number;
  readonly files: readonly string[];
};

export const evaluate: Command = {
  usage: USAGE,
  run: async (args) => {
    const report = await evaluateModel(args);
    return { result: report, words: describeReport(report) };
  },
};

async function evaluateModel(args: readonly string[]): Promise<EvaluateReport> {
  const { options, words } = parseOptions(args, OPTIONS);
  const [path = ""] = requireWords(words, ["FOLDER"], "evaluate");
  const ref = readNumber("target-precision", options["target-precision"], { min: 0, max: 1 });
  if (options.data === undefined) {
    throw new CliError(
      "There is nothing to evaluate on.",
      "--data was not given.",
      "Give a folder with one folder of images for each class, called by its synset.",
    );
  }
  const model = await readModelFolder(path);
  const float = options.against === undefined ? undefined : await readModelFolder(options.against);
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
    ref ?? DEFAULT_PRECISION,
  );
  const dataset = options.name ?? basename(resolve(options.data));
  const title = `${versionName(model.manifest)} on ${dataset}`;
  const files = await writeFigures(path, title, evaluation, labels);
  if (!options["dry-run"]) {
    await writeModelFolder(path, addFigures(model.manifest, dataset, evaluation));
  }
  const { reliability: _, riskCoverage: __, classes: ___, ...figures } = evaluation;
  return { folder: path, dataset, skipped, files, ...figures };
}

function keepKnown(images: readonly LabelledImage[], labels: readonly ClassLabel[]) {
  const known = new Set(labels.map(({ synset }) => synset));
  const kept = images.filter(({ synset }) => known.has(synset));
  if (kept.length > 0) return { images: kept, skipped: images.length - kept.length };
  throw new CliError(
    "There is no image that the model could get right.",
    `None of the ${images.length} images shows one of its ${labels.length} classes.`,
    "Give images of its classes.",
  );
}

function requireSameClasses(model: ModelFolder, float: ModelFolder): void {
  const classes = ({ manifest }: ModelFolder) => manifest.labels.synsets?.join() ?? "all";
  if (classes(model) === classes(float)) return;
  throw new CliError(
    `${float.path} cannot be compared with ${model.path}.`,
    "Their manifests name other classes.",
    "Give the float32 model that the other one was made of.",
  );
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

function describeReport(report: EvaluateReport): string {
  const { images, skipped, top1, top5, float, agreement, recommended, temperature } = report;
  const { targetPrecision, classThresholds } = report;
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const own = Object.keys(classThresholds).length;
  return [
    `${report.folder} on ${report.dataset}: ${images} images${skipped > 0 ? `, ${skipped} of other classes left out` : ""}`,
    `top-1                ${percent(top1)}${float ? ` (float32 ${percent(float.top1)})` : ""}`,
    `top-5                ${percent(top5)}${float ? ` (float32 ${percent(float.top5)})` : ""}`,
    ...(agreement === undefined ? [] : [`same first class     ${percent(agreement)}`]),
    `calibration error    ${report.ece.toFixed(4)}; at temperature ${temperature.toFixed(3)}, on images it was not fitted on, ${report.eceAfter.toFixed(4)}`,
    recommended
      ? `threshold            ${recommended.threshold.toFixed(2)}: ${percent(recommended.precision)} of answers are right, ${percent(recommended.coverage)} of images get one`
      : `threshold            none makes ${percent(targetPrecision)} of answers right; the manifest keeps its own`,
    ...(recommended && own > 0
      ? [`classes of their own ${own} have a threshold of their own`]
      : []),
    `Pictures and table:  ${report.files.join(", ")}`,
  ].join("\n");
}
