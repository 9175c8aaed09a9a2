import type { Evaluation } from "../../src/evaluate/evaluate-predictions.ts";

/** What `model evaluate` reports. */
export type EvaluateReport = Omit<Evaluation, "reliability" | "riskCoverage" | "classes"> & {
  readonly folder: string;
  readonly dataset: string;
  /** Images of classes that the model does not have. */
  readonly skipped: number;
  /** Names of their folders. */
  readonly skippedFolders: readonly string[];
  /** Paths of the charts and the table. */
  readonly files: readonly string[];
};

export function describeEvaluation(report: EvaluateReport): string {
  const {
    images,
    skipped,
    skippedFolders,
    top1,
    top5,
    float,
    agreement,
    recommended,
    temperature,
  } = report;
  const { targetPrecision, classThresholds } = report;
  const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
  const own = Object.keys(classThresholds).length;
  return [
    `${report.folder} on ${report.dataset}: ${images} images${skipped > 0 ? `; skipped ${skipped} of other classes` : ""}`,
    `top-1              ${percent(top1)}${float ? ` (float32 ${percent(float.top1)})` : ""}`,
    `top-5              ${percent(top5)}${float ? ` (float32 ${percent(float.top5)})` : ""}`,
    ...(agreement === undefined ? [] : [`same first class   ${percent(agreement)}`]),
    `calibration error  ${report.ece.toFixed(4)}; ${report.eceAfter.toFixed(4)} at temperature ${temperature.toFixed(3)}, on images that it was not fitted on`,
    recommended
      ? `threshold          ${recommended.threshold.toFixed(2)}: ${percent(recommended.precision)} of answers are right, ${percent(recommended.coverage)} of images get one`
      : `threshold          none makes ${percent(targetPrecision)} of answers right; the manifest keeps its own`,
    ...(recommended && own > 0 ? [`class thresholds   ${own}`] : []),
    ...(skipped > 0 ? [`skipped folders    ${skippedFolders.join(", ")}`] : []),
    `Charts and table:  ${report.files.join(", ")}`,
  ].join("\n");
}
