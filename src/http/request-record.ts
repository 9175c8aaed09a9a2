/** What is kept of a finished request: a log line and a data point. Never an image, key or address. */
import type { AnalyticsEngineDataset } from "@cloudflare/workers-types";
import type { RequestTrace } from "./request-trace.ts";

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

/** One line of JSON. */
export function formatLogLine({ trace, keyName, totalMs, ...facts }: RequestRecord): string {
  const level = facts.status >= 500 ? "error" : "info";
  return JSON.stringify({
    level,
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

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
