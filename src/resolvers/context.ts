import type { ClassificationBudget } from "../classification/classification-budget.ts";
import type { Classifier } from "../classification/classifier.ts";
import type { ClassifyOptions } from "../classification/classify-image.ts";
import type { RequestTrace } from "../classification/request-trace.ts";
import type { ImageDecoder } from "../imaging/image-decoder.ts";
import type { ImageLimits } from "../imaging/limits.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { Versions } from "../registry/versions.ts";
import type { ImageSources } from "../sources/read-image-input.ts";

/** The services that resolvers use. */
export type ResolverServices = {
  readonly classifier: Classifier;
  readonly catalog: ModelCatalog;
  readonly versions: Versions;
  readonly decoder: ImageDecoder;
  readonly imageLimits: ImageLimits;
};

/** The context of the resolvers, made for each request. */
export type ResolverContext = ResolverServices &
  Required<ClassifyOptions> & {
    readonly sources: ImageSources;
    /** Name of the image decoder, for receipts. */
    readonly imageDecoder: "wasm" | "js";
    readonly budget: ClassificationBudget;
    /** Collects the facts for the log line of the request. */
    readonly trace: RequestTrace;
  };
