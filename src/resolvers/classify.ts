import { classifyImage } from "../classification/classify-image.ts";
import type { QueryResolvers } from "../schema/generated/resolvers-types.ts";
import { readImageInput } from "./image-input.ts";
import type { PredictionParent } from "./parents.ts";

/** `Query.classify` */
export const classify: NonNullable<QueryResolvers["classify"]> = async (
  _root,
  { image, topK, threshold, locale: askedLocale, model },
  { services },
) => {
  const locale = askedLocale ?? "EN";
  const bytes = await readImageInput(image, services.imageLimits.maxBytes);
  const result = await classifyImage(
    { bytes, topK: topK ?? 3, threshold: threshold ?? undefined, model: model ?? undefined },
    services,
  );
  const predictions = result.decision.predictions.map(
    (ranked, i): PredictionParent => ({
      ...ranked,
      rank: i + 1,
      label: result.model.labels[ranked.classIndex] as PredictionParent["label"],
      locale,
    }),
  );
  return {
    predictions,
    // The answer, where there is one, is the first prediction: both must reach the same threshold.
    answer: { prediction: result.decision.answer && predictions[0], locale },
    model: result.model,
    image: { header: result.header, bytes },
    timing: result.times,
  };
};
