import { classifyImage } from "../classification/classify-image.ts";
import { AppError, BadInputError, type ErrorCode } from "../errors.ts";
import type {
  ClassifyResultResolvers,
  QueryResolvers,
} from "../schema/generated/resolvers-types.ts";
import { readImageInput } from "../sources/read-image-input.ts";
import type { ClassificationParent, ImageProblemParent } from "./parents.ts";
import { countPasses, planArguments } from "./plan-arguments.ts";

const MAX_IMAGES = 16;

/** Failures of the service, not of one image. */
const COMMON_CODES: ReadonlySet<ErrorCode> = new Set([
  "MODEL_UNAVAILABLE",
  "MODEL_BUDGET",
  "OVERLOADED",
]);

/** `Query.classifyMany` */
export const classifyMany: NonNullable<QueryResolvers["classifyMany"]> = async (
  _root,
  { images, locale, ...args },
  { services, sources, useCache, clientId, budget, trace, afterResponse },
) => {
  if (images.length < 1 || images.length > MAX_IMAGES) {
    throw new BadInputError(
      "images",
      `images holds ${images.length} images, but must hold 1 to ${MAX_IMAGES}. Split them over several requests.`,
      { value: images.length, min: 1, max: MAX_IMAGES },
    );
  }
  await budget.reserve(images.length * countPasses(args));
  const plan = await planArguments(args, services);
  const results: (ClassificationParent | ImageProblemParent)[] = [];
  // One after the other: the pixels of all of them would not fit into memory.
  for (const input of images) {
    try {
      const bytes = await readImageInput(input, sources);
      const admitted = results.length > 0;
      const result = await classifyImage(bytes, plan, services, {
        useCache,
        clientId,
        admitted,
        afterResponse,
      });
      trace.addResult(result);
      results.push({ result, locale: locale ?? "EN" });
    } catch (error) {
      if (!(error instanceof AppError) || COMMON_CODES.has(error.code)) throw error;
      trace.codes.push(error.code);
      results.push({ problem: error });
    }
  }
  return results;
};

/** `ClassifyResult` */
export const ClassifyResult: ClassifyResultResolvers = {
  __resolveType: (parent) => ("problem" in parent ? "ImageProblem" : "Classification"),
};
