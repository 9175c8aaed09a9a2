import type { EngineName } from "../inference/engines/engine.ts";
import { versionName } from "../models/version-ref.ts";
import type { ClassifyResult } from "./classify-image.ts";

/** What one request did, for its log line and the metrics. It never holds an image, a key or an address. */
export class RequestTrace {
  /** Error codes, in order of appearance. */
  readonly codes: string[] = [];
  readonly classifications: ClassificationTrace[] = [];

  /** `id@version` of the versions that should have answered but failed. */
  readonly failedModels: string[] = [];

  addResult({ passes, image, failed }: ClassifyResult): void {
    this.failedModels.push(...failed);
    for (const { model, engine, cached, times } of passes) {
      const name = versionName(model.manifest);
      const { format } = image.header;
      this.classifications.push({ model: name, engine, format, cached, ...times });
    }
  }
}

/** One pass; times in milliseconds. */
export type ClassificationTrace = {
  readonly model: string;
  readonly engine: EngineName;
  readonly format: string;
  readonly cached: boolean;
  readonly waitMs: number;
  readonly decodeMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
};
