/** Resolvers of `Query` and `ClassifyResult`. */
import { withoutImage } from "../classification/classify-image.ts";
import { AppError, BadInputError, type ErrorCode } from "../errors.ts";
import { searchLabels } from "../labels/label-search.ts";
import type {
  ClassifyResultResolvers,
  QueryClassifyArgs,
  QueryResolvers,
} from "../schema/generated/resolvers-types.ts";
import { asksFor } from "./asks-for.ts";
import type { ResolverContext } from "./context.ts";
import { paginate } from "./pagination.ts";
import type { ClassificationParent, ImageProblemParent } from "./parents.ts";

const MAX_IMAGES = 16;
const DEFAULT_PAGE = 20;
/** Longer than any name. */
const MAX_SEARCH_LENGTH = 200;

/** Failures of the service, as opposed to those of a single image. */
const COMMON_CODES: ReadonlySet<ErrorCode> = new Set([
  "MODEL_UNAVAILABLE",
  "MODEL_BUDGET",
  "OVERLOADED",
]);

type Arguments = Omit<QueryClassifyArgs, "image">;

export const Query: Required<QueryResolvers> = {
  classify: async (_root, { image, locale, ...args }, context) => {
    await context.budget.payPasses(countPasses(args));
    const plan = await planArguments(args, context);
    const file = await context.images.open(image);
    const result = await context.classifier.classify(file, plan, context);
    context.trace.addResult(result);
    return { result, locale: locale ?? "EN" };
  },

  classifyMany: async (_root, { images, locale, ...args }, context, info) => {
    if (images.length < 1 || images.length > MAX_IMAGES) {
      throw new BadInputError(
        "images",
        `images has ${images.length} entries, but must have 1 to ${MAX_IMAGES}. Split them across several requests.`,
        { value: images.length, min: 1, max: MAX_IMAGES },
      );
    }
    await context.budget.payPasses(images.length * countPasses(args));
    // A heat map is drawn over the image, which is then in memory until all fields are answered.
    const keepImages = ["heatmap", "explain"].some((field) => asksFor(field, info));
    const plan = await planArguments(args, context);
    const results: (ClassificationParent | ImageProblemParent)[] = [];
    // One at a time, because the pixels of all images together would not fit into memory.
    for (const input of images) {
      try {
        const file = await context.images.open(input);
        const result = await context.classifier.classify(file, plan, context);
        context.trace.addResult(result);
        const kept = keepImages ? result : withoutImage(result);
        results.push({ result: kept, locale: locale ?? "EN" });
      } catch (error) {
        if (!(error instanceof AppError) || COMMON_CODES.has(error.code)) throw error;
        context.trace.codes.push(error.code);
        context.turns.admit();
        results.push({ problem: error });
      }
      if (!keepImages) await context.images.close(input);
    }
    return results;
  },

  inspectImage: async (_root, { image }, { images }) => {
    const file = await images.open(image);
    return { header: file.header, byteLength: file.bytes.byteLength, sha256: () => file.sha256() };
  },

  models: (_root, _args, { catalog }) => catalog.list(),

  labels: async (_root, { search, locale, model, first, after }, { catalog, versions }) => {
    if (search && search.length > MAX_SEARCH_LENGTH) {
      throw new BadInputError(
        "search",
        `search has ${search.length} characters, but must have at most ${MAX_SEARCH_LENGTH}. Search for a part of a name.`,
        { value: search.length, max: MAX_SEARCH_LENGTH },
      );
    }
    const candidates = await catalog.candidates(model ?? undefined);
    const [{ labels }] = await versions.describe(candidates);
    const found = searchLabels(labels, search ?? undefined).map((label) => ({
      ...label,
      locale: locale ?? "EN",
    }));
    return paginate(found, { first: first ?? DEFAULT_PAGE, after: after ?? undefined });
  },
};

export const ClassifyResult: ClassifyResultResolvers = {
  __resolveType: (parent) => ("problem" in parent ? "ImageProblem" : "Classification"),
};

/** Returns the number of passes per image. */
function countPasses({ models }: Arguments): number {
  return Math.max(1, models?.length ?? 1);
}

function planArguments(
  { topK, threshold, model, models, framing }: Arguments,
  context: ResolverContext,
) {
  if (typeof model === "string" && models) {
    throw new BadInputError(
      "models",
      "Both model and models are given, which contradict each other. Use model for a single model, or models for an ensemble.",
    );
  }
  if (models?.length === 0) {
    throw new BadInputError("models", "models is empty. Name 1 to 4 models, or omit models.");
  }
  const names = models ?? (typeof model === "string" ? [model] : []);
  return context.classifier.plan(names, {
    topK: topK ?? undefined,
    threshold: threshold ?? undefined,
    framing: framing ?? undefined,
  });
}
