/** Resolvers of `Classification` and of what hangs on it. */

import type { Verdict } from "../answers/answer.ts";
import type { ClassifyResult } from "../classification/classify-image.ts";
import { drawPrediction } from "../classification/draw-prediction.ts";
import type { Pass } from "../classification/run-pass.ts";
import { BadInputError } from "../errors.ts";
import type { RankedClass } from "../inference/top-k.ts";
import { unitLength } from "../inference/unit-length.ts";
import type { ClassLabel, Locale } from "../labels/label-table.ts";
import { makeReceipt } from "../models/receipt.ts";
import type {
  ClassificationResolvers,
  ImageProblemResolvers,
  PredictionResolvers,
} from "../schema/generated/resolvers-types.ts";
import { encodeBase64 } from "../sources/base64.ts";
import { displayName, otherNames } from "./names.ts";
import type { PredictionParent } from "./parents.ts";

const MIN_HEATMAP_SIDE = 32;
const MAX_HEATMAP_SIDE = 512;

/** `Classification` */
export const Classification: ClassificationResolvers = {
  predictions: ({ result, locale }) =>
    result.decision.predictions.map((ranked, i) =>
      toPrediction(result, result.passes, result.labels, ranked, i + 1, locale),
    ),
  answer: ({ result, locale }) => ({
    verdict: result.decision.verdict,
    labels: result.labels,
    locale,
  }),
  answers: ({ result, locale }) => {
    const { best, kinds, labels } = result;
    const verdicts: Verdict[] = [
      { kind: "CLASS", ...best },
      ...kinds
        .filter(({ confidence }) => confidence > best.confidence)
        .map((kind): Verdict => ({ kind: "ANCESTOR", ...kind })),
    ];
    return verdicts.map((verdict) => ({ verdict, labels, locale }));
  },
  model: ({ result }) => (result.passes[0] as Pass).model,
  votes: ({ result, locale }) =>
    result.passes.map((pass, i) => ({
      model: pass.model,
      prediction: toPrediction(
        result,
        [pass],
        pass.model.labels,
        result.votes[i] as RankedClass,
        1,
        locale,
      ),
    })),
  embedding: ({ result }) => {
    const embedding = result.passes[0]?.embedding;
    return embedding ? unitLength(embedding) : null;
  },
  receipt: ({ result }, _args, { imageDecoder }) => makeReceipt(result, imageDecoder),
  cached: ({ result }) => result.passes.every(({ cached }) => cached),
  image: ({ result }) => ({ header: result.header, bytes: result.image.bytes }),
  timing: ({ result }) => {
    const sum = (stage: keyof Pass["times"]) =>
      result.passes.reduce((total, { times }) => total + times[stage], 0);
    const waitMs = sum("waitMs");
    const decodeMs = sum("decodeMs");
    const preprocessMs = sum("preprocessMs");
    const inferenceMs = sum("inferenceMs");
    const totalMs = waitMs + decodeMs + preprocessMs + inferenceMs;
    return { waitMs, decodeMs, preprocessMs, inferenceMs, totalMs };
  },
};

/** `Prediction` */
export const Prediction: PredictionResolvers = {
  synset: ({ label }) => label.synset,
  label: ({ label, locale }, args) => displayName(label, args.locale ?? locale),
  aliases: ({ label, locale }, args) => otherNames(label, args.locale ?? locale),
  ancestors: ({ label, locale }, args, { services }) =>
    services.hierarchy
      .ancestors(label.synset)
      .map((node) => ({ node, locale: args.locale ?? locale })),
  heatmap: async ({ label, image, passes }, args, { services, budget }) => {
    const size = args.size ?? 224;
    if (size < MIN_HEATMAP_SIDE || size > MAX_HEATMAP_SIDE) {
      throw new BadInputError(
        "size",
        `size is ${size}, but must be from ${MIN_HEATMAP_SIDE} to ${MAX_HEATMAP_SIDE}. Enlarge the picture where it is shown.`,
        { value: size, min: MIN_HEATMAP_SIDE, max: MAX_HEATMAP_SIDE },
      );
    }
    // It decodes the photo once more, and after a remembered answer it runs the network.
    await budget.reserve(1);
    const pass = passes.find(({ model }) => indexOf(model.labels, label) >= 0) as Pass;
    const png = await drawPrediction(
      image,
      pass,
      indexOf(pass.model.labels, label),
      { size, style: args.style ?? "OVERLAY" },
      services,
    );
    return `data:image/png;base64,${encodeBase64(png)}`;
  },
};

/** `ImageProblem` */
export const ImageProblem: ImageProblemResolvers = {
  code: ({ problem }) => problem.code,
  message: ({ problem }) => problem.message,
};

function toPrediction(
  { image }: ClassifyResult,
  passes: readonly Pass[],
  labels: readonly ClassLabel[],
  ranked: RankedClass,
  rank: number,
  locale: Locale,
): PredictionParent {
  const label = labels[ranked.classIndex] as ClassLabel;
  return { ...ranked, rank, label, locale, image, passes };
}

function indexOf(labels: readonly ClassLabel[], { synset }: ClassLabel): number {
  return labels.findIndex((label) => label.synset === synset);
}
