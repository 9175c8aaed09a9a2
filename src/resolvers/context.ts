import type { ClassificationBudget } from "../classification/classification-budget.ts";
import type { ClassifyServices } from "../classification/services.ts";
import type { AfterResponse } from "../classification/shadow-runner.ts";
import type { BodyShare } from "../http/body-budget.ts";
import type { RequestTrace } from "../http/request-trace.ts";
import type { ImageSources } from "../sources/read-image-input.ts";

/** What every resolver can reach, made anew for each request. */
export type ResolverContext = {
  readonly services: ClassifyServices;
  readonly sources: ImageSources;
  /** Whether remembered results may be used, and new ones remembered. */
  readonly useCache: boolean;
  /** What the caller calls itself, to get the same arm of every split; undefined where it does not. */
  readonly clientId: string | undefined;
  /** Name of the image decoder, for receipts. */
  readonly imageDecoder: "wasm" | "js";
  readonly budget: ClassificationBudget;
  /** For what the caller need not wait for. */
  readonly afterResponse: AfterResponse;
  /** What the request holds in memory. */
  readonly bodyShare: BodyShare;
  /** Collects what the log line of the request tells. */
  readonly trace: RequestTrace;
};
