/** One photo in, the right label out: bytes, pixels, tensor, logits, predictions. */

import { type Decision, decide } from "../answers/answer.ts";
import { findKinds, type HedgedAnswer, hedge } from "../answers/hedge.ts";
import { BadInputError } from "../errors.ts";
import type { ImageHeader } from "../imaging/image-header.ts";
import { inspectImage } from "../imaging/inspect-image.ts";
import { combine } from "../inference/ensemble.ts";
import { softmax } from "../inference/softmax.ts";
import { type RankedClass, topK } from "../inference/top-k.ts";
import type { ClassLabel } from "../labels/label-table.ts";
import { answerThreshold, type ModelManifest } from "../models/manifest.ts";
import { versionName } from "../models/version-ref.ts";
import type { LabelledModel, ModelSplit } from "../registry/model-catalog.ts";
import { useArm } from "../registry/use-arm.ts";
import { sha256Hex } from "../sha256.ts";
import { type Pass, type PassOptions, runPass, type SourceImage } from "./run-pass.ts";
import type { ClassifyServices } from "./services.ts";
import type { AfterResponse } from "./shadow-runner.ts";

/** What a caller asks of every image. */
export type ClassifyParameters = {
  /** 1 to the number of classes. */
  readonly topK: number;
  /** 0 to 1; undefined where the caller gave none. */
  readonly threshold: number | undefined;
};

/** Checked parameters and the models that they name. */
export type ClassifyPlan = {
  readonly parameters: ClassifyParameters;
  /** For each name the versions that share it; an image is classified by one of each. */
  readonly splits: readonly ModelSplit[];
};

/** How to classify. */
export type ClassifyOptions = PassOptions & {
  /** Who asks, so that one caller always gets the same arm of a split; else the image decides. */
  readonly clientId?: string | undefined;
  /** Without it no shadow runs. */
  readonly afterResponse?: AfterResponse | undefined;
};

/** The outcome. */
export type ClassifyResult = {
  readonly image: SourceImage;
  readonly header: ImageHeader;
  readonly parameters: ClassifyParameters;
  /** The classes, in the order that class indices count. */
  readonly labels: readonly ClassLabel[];
  readonly decision: Decision;
  /** The kinds of things that can be an answer, as {@link findKinds} gives them. */
  readonly kinds: readonly HedgedAnswer[];
  /** The first class, whatever the threshold. */
  readonly best: RankedClass;
  /** What each model said; more than one in an ensemble. */
  readonly passes: readonly Pass[];
  /** `id@version` of the versions that should have answered and could not. */
  readonly failed: readonly string[];
  /** Each model's own first class, by its own class index. */
  readonly votes: readonly RankedClass[];
};

/** Most models that one ensemble may have. */
export const MAX_MEMBERS = 4;

/**
 * Finds the models and checks the parameters, before any image is looked at.
 *
 * @param names - aliases or `id@version`; the default model where there are none
 * @throws BadInputError where topK, threshold or the list of models is out of range, or the models
 *   do not fit into memory together; ModelError
 */
export async function planClassification(
  names: readonly string[],
  parameters: ClassifyParameters,
  { catalog, networks }: ClassifyServices,
): Promise<ClassifyPlan> {
  if (names.length > 0) checkRange("models", names.length, 1, MAX_MEMBERS, "Its length");
  const splits: ModelSplit[] = [];
  for (const name of names.length > 0 ? names : [undefined]) {
    splits.push(await catalog.findSplit(name));
  }
  checkMembers(splits, networks.budgetBytes);
  // Whichever arms are picked, there are as many classes.
  const classes = new Set(
    splits.flatMap((split) => smallestOf(split).labels.map(({ synset }) => synset)),
  );
  checkRange("topK", parameters.topK, 1, classes.size);
  if (parameters.threshold !== undefined) checkRange("threshold", parameters.threshold, 0, 1);
  return { parameters, splits };
}

/**
 * Classifies one image.
 *
 * @throws ImageError; ModelError; AppError OVERLOADED
 */
export async function classifyImage(
  bytes: Uint8Array,
  { parameters, splits }: ClassifyPlan,
  services: ClassifyServices,
  { clientId, afterResponse, ...options }: ClassifyOptions,
): Promise<ClassifyResult> {
  const header = inspectImage(bytes);
  const image = { bytes, sha256: await sha256Hex(bytes) };
  const passes: Pass[] = [];
  const failed: string[] = [];
  for (const split of splits) {
    const admitted = options.admitted === true || passes.some(({ cached }) => !cached);
    const used = await useArm(split, clientId ?? image.sha256, services, (model) => {
      // A remembered result must not hide that the image is refused by now.
      services.imageDecoder.check(header, bytes.byteLength, {
        limits: services.imageLimits,
        minShorterSide: model.manifest.preprocess.resize.shorterSide,
      });
      return runPass(image, model, services, { ...options, admitted });
    });
    failed.push(...used.failed);
    if (afterResponse) {
      const how = { afterResponse, useCache: options.useCache };
      services.shadows.schedule(image, split, used.value, services, how);
    }
    // Where a member fell back to the version of another, it has no second vote.
    if (!passes.some(({ model }) => isSame(model, used.value.model))) passes.push(used.value);
  }
  const models = passes.map(({ model }) => model);
  const members = passes.map(({ model, logits }) => ({
    synsets: model.labels.map(({ synset }) => synset),
    probabilities: softmax(logits, model.manifest.calibration?.temperature),
  }));
  const { synsets, probabilities } = combine(members);
  const labels = labelsOf(synsets, models);
  const best = topK(probabilities, 1)[0] as RankedClass;
  const bestSynset = synsets[best.classIndex] as string;
  const highest = (threshold: (manifest: ModelManifest) => number) =>
    Math.max(...models.map(({ manifest }) => threshold(manifest)));
  const kinds = findKinds(services.hierarchy, synsets, probabilities);
  return {
    image,
    header,
    parameters,
    labels,
    decision: decide({
      ranked: topK(probabilities, parameters.topK),
      threshold: parameters.threshold,
      classThreshold: highest((manifest) => answerThreshold(manifest, bestSynset)),
      recommendedThreshold: highest(({ recommendedThreshold }) => recommendedThreshold),
      hedge: (threshold) => hedge(kinds, threshold),
    }),
    kinds,
    best,
    passes,
    failed,
    votes: members.map((member) => topK(member.probabilities, 1)[0] as RankedClass),
  };
}

function labelsOf(synsets: readonly string[], models: readonly LabelledModel[]): ClassLabel[] {
  const bySynset = new Map<string, ClassLabel>();
  for (const { labels } of models) {
    for (const label of labels) if (!bySynset.has(label.synset)) bySynset.set(label.synset, label);
  }
  return synsets.map((synset) => bySynset.get(synset) as ClassLabel);
}

/** The version with the fewest classes. */
function smallestOf({ usable }: ModelSplit): LabelledModel {
  return usable.reduce((a, b) => (b.classCount < a.classCount ? b : a));
}

function isSame(a: LabelledModel, b: LabelledModel): boolean {
  return versionName(a.manifest) === versionName(b.manifest);
}

function checkMembers(splits: readonly ModelSplit[], budgetBytes: number): void {
  const names = splits.flatMap(({ arms }) => [...new Set(arms.map(({ version }) => version))]);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new BadInputError(
      "models",
      `models names ${twice} twice, which would count its vote twice. Name each model once.`,
    );
  }
  const costBytes = splits.reduce(
    (sum, { usable }) =>
      sum + Math.max(...usable.map(({ manifest }) => manifest.files.model.bytes)),
    0,
  );
  if (splits.length > 1 && costBytes > budgetBytes) {
    throw new BadInputError(
      "models",
      `${names.join(", ")} take ${costBytes} bytes together, but there is memory for ${budgetBytes}. Name fewer or smaller models.`,
      { costBytes, budgetBytes },
    );
  }
}

function checkRange(
  argument: string,
  value: number,
  min: number,
  max: number,
  what = argument,
): void {
  if (value >= min && value <= max) return;
  throw new BadInputError(
    argument,
    `${what} is ${value}, but must be from ${min} to ${max}. Choose a value in that range.`,
    { value, min, max },
  );
}
