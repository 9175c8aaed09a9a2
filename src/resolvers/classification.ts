/** Resolvers of `Classification`, `Prediction` and `ImageProblem`. */
import type { Verdict } from "../answers/answer.ts";
import type { Explainable } from "../classification/explain-class.ts";
import { type Pass, passEmbedding } from "../classification/pass.ts";
import { BadInputError } from "../errors.ts";
import type { RankedClass } from "../inference/top-k.ts";
import { unitLength } from "../inference/unit-length.ts";
import type { ClassLabel, Locale } from "../labels/class-label.ts";
import { makeReceipt } from "../models/receipt.ts";
import type {
  ClassificationResolvers,
  HeatmapStyle,
  ImageProblemResolvers,
  PredictionResolvers,
} from "../schema/generated/resolvers-types.ts";
import { encodeBase64 } from "../sources/base64.ts";
import type { ResolverContext } from "./context.ts";
import { displayName, otherNames } from "./names.ts";
import type { ModelVersionParent, PredictionParent } from "./parents.ts";

const DEFAULT_HEATMAP_SIDE = 224;
const MIN_HEATMAP_SIDE = 32;
const MAX_HEATMAP_SIDE = 512;

export const Classification: ClassificationResolvers = {
  predictions: ({ result, locale }) =>
    result.decision.predictions.map((ranked, i) =>
      toPrediction(result, result.labels, ranked, i + 1, locale),
    ),
  answer: ({ result, locale }) => ({
    verdict: result.decision.verdict,
    labels: result.labels,
    locale,
  }),
  answers: ({ result, locale }) => {
    const { best, kinds, labels } = result;
    const verdicts: Verdict[] = [
      { type: "CLASS", ...best },
      ...kinds
        .filter(({ confidence }) => confidence > best.confidence)
        .map((kind): Verdict => ({ type: "ANCESTOR", ...kind })),
    ];
    return verdicts.map((verdict) => ({ verdict, labels, locale }));
  },
  model: ({ result }) => modelOf(result.passes[0] as Pass),
  votes: ({ result, locale }) =>
    result.passes.map((pass, i) => ({
      model: modelOf(pass),
      prediction: toPrediction(
        { image: result.image, passes: [pass] },
        pass.model.labels,
        result.votes[i] as RankedClass,
        1,
        locale,
      ),
      regions: pass.regions,
    })),
  embedding: ({ result }) => {
    const embedding = passEmbedding(result.passes[0] as Pass);
    return embedding ? unitLength(embedding) : null;
  },
  receipt: ({ result }, _args, { imageDecoder }) => makeReceipt(result, imageDecoder),
  cached: ({ result }) => result.passes.every(({ cached }) => cached),
  image: ({ result }) => result.image,
  heatmap: ({ result }, { id, ...args }, context) => drawHeatmap(result, id, args, context),
  explain: ({ result }, { id, ...args }, context) => explain(result, id, args, context),
  regions: ({ result }) => [...(result.passes[0] as Pass).regions],
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

export const Prediction: PredictionResolvers = {
  id: ({ label }) => label.id,
  synset: ({ label }) => label.synset ?? null,
  label: ({ label, locale }, args) => displayName(label, args.locale ?? locale),
  aliases: ({ label, locale }, args) => otherNames(label, args.locale ?? locale),
  ancestors: ({ label, locale }, args) =>
    label.ancestors.map((kind) => ({ kind, locale: args.locale ?? locale })),
  heatmap: ({ label, source }, args, context) => drawHeatmap(source, label.id, args, context),
};

export const ImageProblem: ImageProblemResolvers = {
  code: ({ problem }) => problem.code,
  message: ({ problem }) => problem.message,
};

function modelOf({ model, engine }: Pass): ModelVersionParent {
  return { ...model, engine };
}

function toPrediction(
  source: Explainable,
  labels: readonly ClassLabel[],
  ranked: RankedClass,
  rank: number,
  locale: Locale,
): PredictionParent {
  return { ...ranked, rank, label: labels[ranked.classIndex] as ClassLabel, locale, source };
}

type HeatmapArgs = { readonly size?: number | null; readonly style?: HeatmapStyle | null };

/** Draws a heat map as a data URL. */
async function drawHeatmap(
  source: Explainable,
  classId: string,
  args: HeatmapArgs,
  context: ResolverContext,
): Promise<string> {
  return (await explain(source, classId, args, context)).heatmap;
}

async function explain(
  source: Explainable,
  classId: string,
  args: HeatmapArgs,
  { classifier, budget, turns, memory }: ResolverContext,
) {
  const size = args.size ?? DEFAULT_HEATMAP_SIDE;
  if (size < MIN_HEATMAP_SIDE || size > MAX_HEATMAP_SIDE) {
    throw new BadInputError(
      "size",
      `size is ${size}, but must be from ${MIN_HEATMAP_SIDE} to ${MAX_HEATMAP_SIDE}. Choose a size in that range, and scale the picture when you show it.`,
      { value: size, min: MIN_HEATMAP_SIDE, max: MAX_HEATMAP_SIDE },
    );
  }
  // A heat map decodes the photo again, and runs the network if the answer was cached.
  await budget.payPasses(1);
  const style = args.style ?? "OVERLAY";
  const options = { turns, memory, budget };
  const explained = await classifier.explain(source, classId, { size, style }, options);
  const { png, model, engine, region } = explained;
  const heatmap = `data:image/png;base64,${encodeBase64(png)}`;
  return { heatmap, model: { ...model, engine }, region };
}
