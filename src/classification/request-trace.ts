import { versionName } from "../models/version-ref.ts";
import type { ClassifyResult } from "./classify-image.ts";

/** What one request did, for its log line and the metrics; never an image, a key or an address. */
export class RequestTrace {
  /** Error codes, in order of appearance. */
  readonly codes: string[] = [];
  readonly classifications: ClassificationTrace[] = [];

  /** `id@version` of versions that should have answered and could not. */
  readonly failedModels: string[] = [];

  addResult({ passes, image, failed }: ClassifyResult): void {
    this.failedModels.push(...failed);
    for (const { model, cached, times } of passes) {
      const name = versionName(model.manifest);
      this.classifications.push({ model: name, format: image.header.format, cached, ...times });
    }
  }
}

/** One image by one model; times in milliseconds. */
export type ClassificationTrace = {
  readonly model: string;
  readonly format: string;
  readonly cached: boolean;
  readonly waitMs: number;
  readonly decodeMs: number;
  readonly preprocessMs: number;
  readonly inferenceMs: number;
};
