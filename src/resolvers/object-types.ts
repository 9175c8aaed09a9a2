/** Resolvers of the fields that are not plain properties of their parent. */
import type {
  AnswerResolvers,
  LabelResolvers,
  ModelVersionResolvers,
  PredictionResolvers,
} from "../schema/generated/resolvers-types.ts";
import { displayName, otherNames, UNKNOWN_NAMES } from "./names.ts";

/** `Prediction` */
export const Prediction: PredictionResolvers = {
  synset: ({ label }) => label.synset,
  label: ({ label, locale }, args) => displayName(label, args.locale ?? locale),
  aliases: ({ label, locale }, args) => otherNames(label, args.locale ?? locale),
};

/** `Answer` */
export const Answer: AnswerResolvers = {
  kind: ({ prediction }) => (prediction ? "CLASS" : "UNKNOWN"),
  synset: ({ prediction }) => prediction?.label.synset ?? null,
  label: ({ prediction, locale }, args) => {
    const chosen = args.locale ?? locale;
    return prediction ? displayName(prediction.label, chosen) : UNKNOWN_NAMES[chosen];
  },
  confidence: ({ prediction }) => prediction?.confidence ?? null,
};

/** `Label` */
export const Label: LabelResolvers = {
  label: (label, args) => displayName(label, args.locale ?? label.locale),
  aliases: (label, args) => otherNames(label, args.locale ?? label.locale),
};

/** `ModelVersion` */
export const ModelVersion: ModelVersionResolvers = {
  id: ({ manifest }) => manifest.id,
  version: ({ manifest }) => manifest.version,
  aliases: ({ aliases }) => [...aliases],
  architecture: ({ manifest }) => manifest.architecture,
  classes: ({ classCount }) => classCount,
  inputSize: ({ manifest }) => manifest.preprocess.crop,
  bytes: ({ manifest }) => manifest.files.model.bytes,
  sha256: ({ manifest }) => manifest.files.model.sha256,
  licence: ({ manifest }) => manifest.licence,
  source: ({ manifest }) => manifest.source,
  recommendedThreshold: ({ manifest }) => manifest.recommendedThreshold,
  metrics: ({ manifest }) =>
    Object.entries(manifest.metrics).flatMap(([dataset, figures]) =>
      Object.entries(figures).map(([name, value]) => ({ dataset, name, value })),
    ),
};
