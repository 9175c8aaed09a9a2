import { classifyImage } from "../classification/classify-image.ts";
import type { QueryResolvers } from "../schema/generated/resolvers-types.ts";
import { readImageInput } from "../sources/read-image-input.ts";
import { countPasses, planArguments } from "./plan-arguments.ts";

/** `Query.classify` */
export const classify: NonNullable<QueryResolvers["classify"]> = async (
  _root,
  { image, locale, ...args },
  { services, sources, useCache, clientId, budget, trace, afterResponse },
) => {
  await budget.reserve(countPasses(args));
  const plan = await planArguments(args, services);
  const bytes = await readImageInput(image, sources);
  const result = await classifyImage(bytes, plan, services, { useCache, clientId, afterResponse });
  trace.addResult(result);
  return { result, locale: locale ?? "EN" };
};
