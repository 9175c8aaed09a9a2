/** What is kept of a comparison of two versions: a data point, or a log line where there is no dataset. */
import type { AnalyticsEngineDataset } from "@cloudflare/workers-types";
import type { RecordShadow, ShadowOutcome } from "../classification/shadow-runner.ts";

/** First blob of these data points, where those of requests have a path. */
export const SHADOW_KIND = "shadow";

/** Writes to the dataset where one is bound, and else to the log. */
export function recordShadows(
  dataset: AnalyticsEngineDataset | undefined,
  log: (line: string) => void,
): RecordShadow {
  return (outcome) => {
    if (dataset) writeShadowPoint(dataset, outcome);
    else log(JSON.stringify({ level: "info", event: SHADOW_KIND, ...outcome }));
  };
}

/**
 * Index: the shadow. Blobs: "shadow", name, model, shadow, error code, which of both ran. Doubles: 1 where both agree, and
 * the confidences of model and shadow (0 where it could not run).
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
