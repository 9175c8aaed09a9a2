/** Log lines and data points of requests and comparisons. They never hold an image, a key or an address. */
import type { AnalyticsEngineDataset } from "@cloudflare/workers-types";
import type { RequestTrace } from "../classification/request-trace.ts";
import type { RecordShadow, ShadowOutcome } from "../classification/shadow-runner.ts";
import type { Log } from "../log.ts";

export type RequestRecord = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** In a deployed Worker only time spent on I/O counts, because its clock stops during computation. */
  readonly totalMs: number;
  /** Name of the API key; undefined if the request has none. */
  readonly keyName: string | undefined;
  readonly trace: RequestTrace;
};

export function logRequest(log: Log, { trace, keyName, totalMs, ...facts }: RequestRecord): void {
  log(facts.status >= 500 ? "error" : "info", "request", {
    ...facts,
    totalMs: round(totalMs),
    ...(keyName === undefined ? {} : { apiKey: keyName }),
    ...(trace.codes.length > 0 ? { codes: trace.codes } : {}),
    ...(trace.failedModels.length > 0 ? { failedModels: trace.failedModels } : {}),
    classifications: trace.classifications.map(
      ({ model, engine, format, cached, waitMs, decodeMs, preprocessMs, inferenceMs }) => ({
        model,
        engine,
        format,
        cached,
        waitMs: round(waitMs),
        decodeMs: round(decodeMs),
        preprocessMs: round(preprocessMs),
        inferenceMs: round(inferenceMs),
      }),
    ),
  });
}

/**
 * Writes the data point of a request. Index: the model. Blobs: path, first error code, model, format, name
 * of the API key, first model that failed, engine. Doubles: status, milliseconds, passes, cached passes,
 * images whose model failed.
 */
export function writeDataPoint(dataset: AnalyticsEngineDataset, record: RequestRecord): void {
  const { path, status, totalMs, keyName, trace } = record;
  const [first] = trace.classifications;
  dataset.writeDataPoint({
    indexes: [first?.model ?? "none"],
    blobs: [
      path,
      trace.codes[0] ?? "",
      first?.model ?? "",
      first?.format ?? "",
      keyName ?? "",
      trace.failedModels[0] ?? "",
      first?.engine ?? "",
    ],
    doubles: [
      status,
      totalMs,
      trace.classifications.length,
      trace.classifications.filter(({ cached }) => cached).length,
      trace.failedModels.length,
    ],
  });
}

/** The first blob of the data points of comparisons. Those of requests have a path there. */
const SHADOW_KIND = "shadow";

/** Records comparisons in the dataset if one is bound, otherwise in the log. */
export function recordShadows(dataset: AnalyticsEngineDataset | undefined, log: Log): RecordShadow {
  return (outcome) => {
    if (dataset) writeShadowPoint(dataset, outcome);
    else log("info", SHADOW_KIND, outcome);
  };
}

/**
 * Index: the shadow. Blobs: "shadow", alias, model, shadow, error code, which of the two ran, and the engines of
 * model and shadow (empty if it failed). Doubles: 1 if both agree, otherwise 0, and the confidences of model and
 * shadow (0 if it failed).
 */
function writeShadowPoint(dataset: AnalyticsEngineDataset, outcome: ShadowOutcome): void {
  const {
    name,
    model,
    shadow,
    agreed,
    ran,
    confidence = 0,
    shadowConfidence = 0,
    code = "",
    engine = "",
    shadowEngine = "",
  } = outcome;
  dataset.writeDataPoint({
    indexes: [shadow],
    blobs: [SHADOW_KIND, name, model, shadow, code, ran, engine, shadowEngine],
    doubles: [agreed ? 1 : 0, confidence, shadowConfidence],
  });
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
