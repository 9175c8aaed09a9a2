/** Classifies one image: bytes, pixels, tensor, logits, predictions. */
import { type Decision, decide } from "../answers/answer.ts";
import { isFamiliarToAny } from "../answers/familiarity.ts";
import { findKinds, type HedgedAnswer, hedge } from "../answers/hedge.ts";
import type { Turns } from "../concurrency/admission-queue.ts";
import { ModelError } from "../errors.ts";
import type { ImageFile } from "../imaging/image-file.ts";
import { combine } from "../inference/ensemble.ts";
import { type RankedClass, topK } from "../inference/top-k.ts";
import type { ClassLabel } from "../labels/class-label.ts";
import { findDisagreement } from "../labels/compare-classes.ts";
import { answerThreshold, type ModelManifest } from "../models/manifest.ts";
import { isSameVersion } from "../models/version-ref.ts";
import type { LabelledModel } from "../registry/model-catalog.ts";
import type { Versions } from "../registry/versions.ts";
import { KeptPixels } from "./kept-pixels.ts";
import { type Pass, readPass, type SourceImage } from "./pass.ts";
import type { ClassifyParameters, ClassifyPlan } from "./plan-classification.ts";
import type { PassOptions, RunPass } from "./run-pass.ts";
import type { AfterResponse, ShadowRunner } from "./shadow-runner.ts";

export type ClassifyParts = {
  readonly versions: Versions;
  readonly runPass: RunPass;
  readonly shadows: ShadowRunner;
  /** Opens turns for work after the response. */
  readonly openTurns: () => Turns;
};

export type ClassifyOptions = Omit<PassOptions, "framing" | "pixels"> & {
  /** Identifies the caller, who then always gets the same arm. If absent, the image decides. */
  readonly clientId?: string | undefined;
  /** If absent, no shadow runs. */
  readonly afterResponse?: AfterResponse | undefined;
};

export type ClassifyResult = {
  readonly image: SourceImage;
  readonly parameters: ClassifyParameters;
  /** The classes, in the order of their class indices. */
  readonly labels: readonly ClassLabel[];
  readonly decision: Decision;
  /** Whether the image looks like the photos of a model that answered; undefined if none can tell. */
  readonly familiar: boolean | undefined;
  /** The kinds of things that can be an answer, as {@link findKinds} returns them. */
  readonly kinds: readonly HedgedAnswer[];
  /** The most probable class, regardless of the threshold. */
  readonly best: RankedClass;
  /** One pass per model; an ensemble has more than one. */
  readonly passes: readonly Pass[];
  /** `id@version` of the versions that should have answered but failed. */
  readonly failed: readonly string[];
  /** The most probable class of each model, by that model's class index. */
  readonly votes: readonly RankedClass[];
};

/**
 * Classifies one image.
 *
 * @throws ImageError; ModelError; AppError OVERLOADED
 */
export async function classifyImage(
  file: ImageFile,
  { parameters, members }: ClassifyPlan,
  { versions, runPass, shadows, openTurns }: ClassifyParts,
  { clientId, afterResponse, ...options }: ClassifyOptions,
): Promise<ClassifyResult> {
  const { bytes, header } = file;
  const image = { bytes, byteLength: bytes.byteLength, header, sha256: await file.sha256() };
  const passOptions: PassOptions = { ...options, framing: parameters.framing };
  const pixels = members.length > 1 ? new KeptPixels(options.memory) : undefined;
  const run = (model: LabelledModel) => runPass(image, model, { ...passOptions, pixels });
  // The caller does not pay for a comparison that the operator wants, and may have gone by then.
  const runFree = (model: LabelledModel) =>
    runPass(image, model, { ...passOptions, turns: openTurns(), budget: undefined });
  const passes: Pass[] = [];
  const failed: string[] = [];
  try {
    for (const candidates of members) {
      const used = await versions.use(candidates, clientId ?? image.sha256, run);
      failed.push(...used.failed);
      if (afterResponse) shadows.schedule(candidates, used.value, runFree, afterResponse);
      // Two members can fall back to the same version; it has only one vote.
      if (!passes.some(({ model }) => isSame(model, used.value.model))) passes.push(used.value);
    }
  } finally {
    pixels?.close();
  }
  requireAgreement(passes);
  // Work that depends on an answer waits its turn, even if the answer came from the cache.
  passOptions.turns.admit();
  return { image, parameters, passes, failed, ...combineAnswers(passes, parameters) };
}

/** A result that no longer holds its image, so no heat map can be drawn. */
export function withoutImage(result: ClassifyResult): ClassifyResult {
  return {
    ...result,
    image: { ...result.image, bytes: new Uint8Array() },
    // The functions hold the image too.
    passes: result.passes.map((pass) => ({ ...pass, features: async () => undefined })),
  };
}

/** The plan compared the versions that it knew; others may have answered in their place. */
function requireAgreement([first, ...others]: readonly Pass[]): void {
  for (const { model } of others) {
    const reason = first && findDisagreement(first.model.labels, model.labels);
    if (reason === undefined) continue;
    throw new ModelError(
      "MODEL_UNAVAILABLE",
      `A version that answers in place of another one does not fit the ensemble: ${reason}. Use a single model, or try again later.`,
    );
  }
}

function combineAnswers(passes: readonly Pass[], parameters: ClassifyParameters) {
  const models = passes.map(({ model }) => model);
  const readings = passes.map(readPass);
  const probabilitiesOf = readings.map(({ probabilities }) => probabilities);
  const { labels, probabilities } = combineVotes(models, probabilitiesOf);
  const best = topK(probabilities, 1)[0] as RankedClass;
  const bestId = (labels[best.classIndex] as ClassLabel).id;
  const highest = (threshold: (manifest: ModelManifest) => number) =>
    Math.max(...models.map(({ manifest }) => threshold(manifest)));
  const familiar = isFamiliarToAny(readings.map((reading) => reading.familiar));
  const kinds = findKinds(labels, probabilities, familiar);
  return {
    labels,
    familiar,
    kinds,
    best,
    decision: decide({
      ranked: topK(probabilities, parameters.topK),
      threshold: parameters.threshold,
      classThreshold: highest((manifest) => answerThreshold(manifest, bestId)),
      recommendedThreshold: highest(({ recommendedThreshold }) => recommendedThreshold),
      familiar,
      hedge: (threshold) => hedge(kinds, threshold),
    }),
    votes: probabilitiesOf.map((own) => topK(own, 1)[0] as RankedClass),
  };
}

/** The probabilities of all classes that the models know, with their labels. */
function combineVotes(
  models: readonly LabelledModel[],
  probabilitiesOf: readonly Float64Array[],
): { readonly labels: readonly ClassLabel[]; readonly probabilities: Float64Array } {
  const [only, ...others] = models;
  if (only && others.length === 0) {
    return { labels: only.labels, probabilities: probabilitiesOf[0] as Float64Array };
  }
  const { ids, probabilities } = combine(
    models.map(({ labels }, i) => ({
      ids: labels.map(({ id }) => id),
      probabilities: probabilitiesOf[i] as Float64Array,
    })),
  );
  return { labels: labelsOf(ids, models), probabilities };
}

function labelsOf(ids: readonly string[], models: readonly LabelledModel[]): ClassLabel[] {
  const byId = new Map<string, ClassLabel>();
  for (const { labels } of models) {
    for (const label of labels) if (!byId.has(label.id)) byId.set(label.id, label);
  }
  return ids.map((id) => byId.get(id) as ClassLabel);
}

function isSame(a: LabelledModel, b: LabelledModel): boolean {
  return isSameVersion(a.manifest, b.manifest);
}
