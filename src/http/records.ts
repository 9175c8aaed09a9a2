/** What is recorded of requests and comparisons: log lines and data points, never an image, key or address. */
import type { AnalyticsEngineDataset } from "@cloudflare/workers-types";
import type { RequestTrace } from "../classification/request-trace.ts";
import type { RecordShadow, ShadowOutcome } from "../classification/shadow-runner.ts";
import type { Log } from "../log.ts";

/** One finished request. */
export type RequestRecord = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** 0 in a deployed Worker for what did not wait for the network: its clock stands still. */
  readonly totalMs: number;
  /** Name of the API key; undefined for a caller without one. */
  readonly keyName: string | undefined;
  readonly trace: RequestTrace;
};

/** Logs a finished request. */
export function logRequest(log: Log, { trace, keyName, totalMs, ...facts }: RequestRecord): void {
  log(facts.status >= 500 ? "error" : "info", "request", {
    ...facts,
    totalMs: round(totalMs),
    ...(keyName === undefined ? {} : { apiKey: keyName }),
    ...(trace.codes.length > 0 ? { codes: trace.codes } : {}),
    ...(trace.failedModels.length > 0 ? { failedModels: trace.failedModels } : {}),
    classifications: trace.classifications.map(
      ({ model, format, cached, waitMs, decodeMs, preprocessMs, inferenceMs }) => ({
        model,
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
 * Index: the model. Blobs: path, first code, model, format, key's name, first model that failed. Doubles:
 * status, ms, passes, cached passes, images whose model failed.
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

/** First blob of these data points, where those of requests have a path. */
const SHADOW_KIND = "shadow";

/** Records comparisons in the dataset if one is bound, otherwise in the log. */
export function recordShadows(dataset: AnalyticsEngineDataset | undefined, log: Log): RecordShadow {
  return (outcome) => {
    if (dataset) writeShadowPoint(dataset, outcome);
    else log("info", SHADOW_KIND, outcome);
  };
}

/**
 * Index: the shadow. Blobs: "shadow", alias, model, shadow, error code, which of both ran. Doubles: 1 if
 * both agree, and the confidences of model and shadow (0 if it failed).
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
  } = outcome;
  dataset.writeDataPoint({
    indexes: [shadow],
    blobs: [SHADOW_KIND, name, model, shadow, code, ran],
    doubles: [agreed ? 1 : 0, confidence, shadowConfidence],
  });
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
