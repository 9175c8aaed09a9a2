/** Resolvers of the object types whose fields are not plain properties of their parents. */
import type { EngineName } from "../inference/engines/engine.ts";
import type { Kind } from "../labels/class-label.ts";
import { synsetOf } from "../labels/label-classes.ts";
import { preprocessOf } from "../models/preprocess-of.ts";
import type { TrainingMethod, TrainingOrigin } from "../models/training-origin.ts";
import type {
  AncestorResolvers,
  AnswerResolvers,
  Engine,
  LabelResolvers,
  ModelVersionResolvers,
  TrainingMethod as TrainingMethodInSchema,
} from "../schema/generated/resolvers-types.ts";
import { displayName, otherNames, UNKNOWN_NAMES } from "./names.ts";
import type { AnswerParent } from "./parents.ts";

export const Ancestor: AncestorResolvers = {
  id: ({ kind }) => kind.id,
  synset: ({ kind }) => kind.synset ?? null,
  label: ({ kind, locale }) => displayName(kind, locale),
  aliases: ({ kind, locale }) => otherNames(kind, locale),
};

export const Answer: AnswerResolvers = {
  kind: ({ verdict }) => verdict.type,
  id: (answer) => namedThing(answer)?.id ?? null,
  synset: (answer) => namedThing(answer)?.synset ?? null,
  label: (answer, args) => {
    const locale = args.locale ?? answer.locale;
    const named = namedThing(answer);
    return named ? displayName(named, locale) : UNKNOWN_NAMES[locale];
  },
  confidence: ({ verdict }) => (verdict.type === "UNKNOWN" ? null : verdict.confidence),
};

function namedThing({ verdict, labels }: AnswerParent): Kind | undefined {
  switch (verdict.type) {
    case "CLASS":
      return labels[verdict.classIndex];
    case "ANCESTOR":
      return verdict.kind;
    case "UNKNOWN":
      return undefined;
  }
}

export const Label: LabelResolvers = {
  synset: ({ synset }) => synset ?? null,
  label: (label, args) => displayName(label, args.locale ?? label.locale),
  aliases: (label, args) => otherNames(label, args.locale ?? label.locale),
};

const ENGINES_IN_SCHEMA: Readonly<Record<EngineName, Engine>> = {
  onnxruntime: "ONNXRUNTIME",
  litert: "LITERT",
};

const METHODS_IN_SCHEMA: Readonly<Record<TrainingMethod, TrainingMethodInSchema>> = {
  "fine-tuning": "FINE_TUNING",
  head: "HEAD",
  distillation: "DISTILLATION",
  soup: "SOUP",
};

function describeTraining({ method, photos, settings, ...facts }: TrainingOrigin) {
  return {
    ...facts,
    method: METHODS_IN_SCHEMA[method],
    trainingPhotos: photos.train,
    validationPhotos: photos.validation,
    testPhotos: photos.test,
    settings: Object.entries(settings).map(([name, value]) => ({ name, value: String(value) })),
  };
}

export const ModelVersion: ModelVersionResolvers = {
  id: ({ manifest }) => manifest.id,
  version: ({ manifest }) => manifest.version,
  engine: ({ engine }) => (engine ? ENGINES_IN_SCHEMA[engine] : null),
  aliases: ({ shares }) => shares.map(({ alias }) => alias),
  shares: ({ shares }) => [...shares],
  shadows: ({ shadows }) => [...shadows],
  architecture: ({ manifest }) => manifest.architecture,
  classes: ({ classCount }) => classCount,
  inputSize: ({ manifest }) => Math.max(...manifest.input.shape),
  cropFraction: ({ manifest }) => {
    const { width, height, resize } = preprocessOf(manifest);
    return resize.fit === "crop" ? Math.min(width, height) / resize.shorterSide : 1;
  },
  bytes: ({ manifest }) => manifest.files.model.bytes,
  sha256: ({ manifest }) => manifest.files.model.sha256,
  licence: ({ manifest }) => manifest.licence,
  source: ({ manifest }) => manifest.source,
  training: ({ manifest: { training } }) => (training ? describeTraining(training) : null),
  recommendedThreshold: ({ manifest }) => manifest.recommendedThreshold,
  calibration: ({ manifest: { calibration, labels } }) =>
    calibration
      ? {
          dataset: calibration.dataset,
          images: calibration.images,
          temperature: calibration.temperature,
          targetPrecision: calibration.targetPrecision ?? null,
          classThresholds: Object.entries(calibration.classThresholds ?? {}).map(
            ([id, threshold]) => ({ id, synset: synsetOf(labels, id) ?? null, threshold }),
          ),
        }
      : null,
  metrics: ({ manifest }) =>
    Object.entries(manifest.metrics).flatMap(([dataset, figures]) =>
      Object.entries(figures).map(([name, value]) => ({ dataset, name, value })),
    ),
};
