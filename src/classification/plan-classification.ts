/** Checks what a caller asks for, before any image is read. */
import { BadInputError } from "../errors.ts";
import type { Framing } from "../imaging/framing.ts";
import { findDisagreement } from "../labels/compare-classes.ts";
import { versionName } from "../models/version-ref.ts";
import type { Candidates, LabelledModel, ModelCatalog } from "../registry/model-catalog.ts";
import type { Versions } from "../registry/versions.ts";

/** The parameters that a caller gave, which apply to every image of a request. */
export type ClassifyRequest = {
  /** 1 to the number of classes; undefined for 3, or all classes if there are fewer. */
  readonly topK: number | undefined;
  /** 0 to 1; undefined if absent. */
  readonly threshold: number | undefined;
  /** Which part of a photo the networks see; undefined for CROP. */
  readonly framing?: Framing | undefined;
};

/** The parameters that apply. */
export type ClassifyParameters = ClassifyRequest & {
  readonly topK: number;
  readonly framing: Framing;
};

/** Checked parameters and the models that they name. */
export type ClassifyPlan = {
  readonly parameters: ClassifyParameters;
  /** For each name, the versions that can answer. One version per name classifies an image. */
  readonly members: readonly Candidates[];
};

export type PlanParts = {
  readonly catalog: ModelCatalog;
  readonly versions: Versions;
  /** Total bytes of the model files that can be in memory at the same time. */
  readonly budgetBytes: number;
};

/** The maximum number of models in an ensemble. */
const MAX_MEMBERS = 4;
const DEFAULT_TOP_K = 3;

/** A member of an ensemble, with the versions that can answer for it. */
type Member = {
  readonly candidates: Candidates;
  readonly models: readonly [LabelledModel, ...LabelledModel[]];
};

/**
 * Finds the models and checks the parameters.
 *
 * @param names - aliases or `id@version`; the default model if empty
 * @throws BadInputError if topK, threshold or the number of models is out of range, the models do not
 *   fit into memory together, or their classes do not agree; ModelError
 */
export async function planClassification(
  names: readonly string[],
  { topK, threshold, framing = "CROP" }: ClassifyRequest,
  { catalog, versions, budgetBytes }: PlanParts,
): Promise<ClassifyPlan> {
  if (names.length > 0) checkRange("models", names.length, 1, MAX_MEMBERS, "The number of models");
  const members: Member[] = [];
  for (const name of names.length > 0 ? names : [undefined]) {
    const candidates = await catalog.candidates(name);
    members.push({ candidates, models: await versions.describe(candidates) });
  }
  if (members.length > 1) checkEnsemble(members, budgetBytes);
  const classes = countClasses(members.map(({ models }) => fewestClasses(models)));
  if (topK !== undefined) checkRange("topK", topK, 1, classes);
  if (threshold !== undefined) checkRange("threshold", threshold, 0, 1);
  const parameters = { topK: topK ?? Math.min(DEFAULT_TOP_K, classes), threshold, framing };
  return { parameters, members: members.map(({ candidates }) => candidates) };
}

function fewestClasses(models: Member["models"]): LabelledModel {
  return models.reduce((a, b) => (b.classCount < a.classCount ? b : a));
}

/** At least this many classes exist, whichever arms are picked. */
function countClasses(models: readonly LabelledModel[]): number {
  const [only, ...others] = models;
  // Within a model, ids are unique.
  if (only && others.length === 0) return only.labels.length;
  return new Set(models.flatMap(({ labels }) => labels.map(({ id }) => id))).size;
}

function checkEnsemble(members: readonly Member[], budgetBytes: number): void {
  const names = members.flatMap(({ candidates }) => [...new Set(candidates.arms.map(versionName))]);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) {
    throw new BadInputError(
      "models",
      `models names ${twice} twice, which would count its vote twice. Name each model once.`,
    );
  }
  const costBytes = members.reduce(
    (sum, { models }) =>
      sum + Math.max(...models.map(({ manifest }) => manifest.files.model.bytes)),
    0,
  );
  if (costBytes > budgetBytes) {
    throw new BadInputError(
      "models",
      `The files of ${names.join(", ")} have ${costBytes} bytes together, but there is memory for ${budgetBytes}. Use fewer or smaller models.`,
      { costBytes, budgetBytes },
    );
  }
  checkClasses(members.flatMap(({ models }) => models));
}

/** Classes are combined by id, so an id must mean the same class in every model. */
function checkClasses([first, ...others]: readonly LabelledModel[]): void {
  if (!first) return;
  for (const other of others) {
    const reason = findDisagreement(first.labels, other.labels);
    if (reason === undefined) continue;
    throw new BadInputError(
      "models",
      `${versionName(first.manifest)} and ${versionName(other.manifest)} cannot answer together: ${reason}. Use models whose classes agree.`,
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
