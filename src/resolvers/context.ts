import type { Classifier } from "../classification/classifier.ts";
import type { ClassifyOptions } from "../classification/classify-image.ts";
import type { RequestTrace } from "../classification/request-trace.ts";
import type { RequestBudget } from "../concurrency/request-budget.ts";
import type { ImageDecoder } from "../imaging/image-decoder.ts";
import type { ImageLimits } from "../imaging/limits.ts";
import type { ModelCatalog } from "../registry/model-catalog.ts";
import type { Versions } from "../registry/versions.ts";
import type { ImageReader } from "../sources/image-reader.ts";

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
    /** Reads the images that the request names. */
    readonly images: ImageReader;
    /** Name of the image decoder, for receipts. */
    readonly imageDecoder: "wasm" | "js";
    readonly budget: RequestBudget;
    /** Collects the facts for the log line of the request. */
    readonly trace: RequestTrace;
  };
