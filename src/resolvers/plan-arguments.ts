/** The arguments that `classify` and `classifyMany` share. */
import { type ClassifyPlan, planClassification } from "../classification/classify-image.ts";
import type { ClassifyServices } from "../classification/services.ts";
import { BadInputError } from "../errors.ts";
import type { QueryClassifyArgs } from "../schema/generated/resolvers-types.ts";

/** How many passes an image takes. */
export function countPasses({ models }: Pick<QueryClassifyArgs, "models">): number {
  return Math.max(1, models?.length ?? 1);
}

/** @throws what {@link planClassification} throws; BadInputError where both model and models are given */
export function planArguments(
  { topK, threshold, model, models }: Omit<QueryClassifyArgs, "image">,
  services: ClassifyServices,
): Promise<ClassifyPlan> {
  if (typeof model === "string" && models) {
    throw new BadInputError(
      "models",
      "Both model and models are given. Give model for one, or models for an ensemble.",
    );
  }
  if (models?.length === 0) {
    throw new BadInputError("models", "models is empty. Name 1 to 4 models, or leave it out.");
  }
  const names = models ?? (typeof model === "string" ? [model] : []);
  return planClassification(
    names,
    { topK: topK ?? 3, threshold: threshold ?? undefined },
    services,
  );
}
