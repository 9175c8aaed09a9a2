import type { Evaluation } from "../../src/evaluate/evaluate-predictions.ts";
import type { SetEvaluation, SetsEvaluation } from "../../src/evaluate/evaluate-sets.ts";
import { MAX_ECE_RISE } from "../../src/evaluate/shared-temperature.ts";
import { ENGINES, type EngineName } from "../../src/inference/engines/engine.ts";
import { type DamagedImage, describeDamaged } from "../images/skip-damaged.ts";
import { formatTable } from "../terminal/format-table.ts";

type Skipped = {
  /** Images of classes that the model does not have. */
  readonly skipped: number;
  /** Names of their folders. */
  readonly skippedFolders: readonly string[];
};

/** What `model evaluate` reports. With several sets, these are the figures of all sets together. */
export type EvaluateReport = Omit<Evaluation, "reliability" | "riskCoverage" | "classes"> &
  Skipped & {
    readonly folder: string;
    /** The engine that ran the model. */
    readonly engine: EngineName;
    readonly dataset: string;
    /** Images that were skipped because they cannot be decoded. */
    readonly damaged: readonly DamagedImage[];
    /** What makes the figures doubtful, as text to display. */
    readonly warnings: readonly string[];
    /** Paths of the charts and the table. */
    readonly files: readonly string[];
  };

/** What it reports for several sets. */
export type EvaluateSetsReport = EvaluateReport &
  Pick<SetsEvaluation, "fittedTemperature"> & {
    readonly sets: readonly (Omit<SetEvaluation, "reliability" | "riskCoverage"> & Skipped)[];
  };

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

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
  const own = Object.keys(classThresholds).length;
  return [
    `${report.folder} on ${report.dataset}: ${images} images${skipped > 0 ? `; skipped ${skipped} of other classes` : ""}`,
    `engine             ${ENGINES[report.engine].title}`,
    `top-1              ${percent(top1)}${float ? ` (float32 ${percent(float.top1)})` : ""}`,
    ...(top5 === undefined
      ? []
      : [
          `top-5              ${percent(top5)}${float?.top5 === undefined ? "" : ` (float32 ${percent(float.top5)})`}`,
        ]),
    ...(agreement === undefined ? [] : [`same first class   ${percent(agreement)}`]),
    `calibration error  ${report.ece.toFixed(4)}; ${report.eceAfter.toFixed(4)} at temperature ${temperature.toFixed(3)}, on images that it was not fitted on`,
    recommended
      ? `threshold          ${recommended.threshold.toFixed(2)}: ${percent(recommended.precision)} of answers are right, ${percent(recommended.coverage)} of images get one`
      : `threshold          none makes ${percent(targetPrecision)} of answers right; the manifest keeps its own`,
    ...(recommended && own > 0 ? [`class thresholds   ${own}`] : []),
    ...(skipped > 0 ? [`skipped folders    ${skippedFolders.join(", ")}`] : []),
    ...describeDamaged(report.damaged),
    ...report.warnings.map((warning) => `Warning: ${warning}.`),
    `Charts and table:  ${report.files.join(", ")}`,
  ].join("\n");
}

export function describeSetsEvaluation(report: EvaluateSetsReport): string {
  const { sets, temperature, fittedTemperature, recommended, targetPrecision } = report;
  const own = Object.keys(report.classThresholds).length;
  const isMoved = temperature !== fittedTemperature;
  return [
    `${report.folder} on ${sets.length} sets:`,
    "",
    formatTable(["", ...sets.map(({ dataset }) => dataset)], listRows(sets)),
    "",
    `engine             ${ENGINES[report.engine].title}`,
    `temperature        ${temperature.toFixed(4)}, fitted on one half of all sets; the calibration errors are those of the other halves`,
    ...(isMoved
      ? [
          `                   ${fittedTemperature.toFixed(4)} fits best, but raises the calibration error of a set by more than ${MAX_ECE_RISE}`,
        ]
      : []),
    recommended
      ? `threshold          ${recommended.threshold.toFixed(2)}, the highest of the sets' thresholds for ${percent(targetPrecision)} right answers`
      : `threshold          none makes ${percent(targetPrecision)} of answers right on every set; the manifest keeps its own`,
    ...(recommended && own > 0 ? [`class thresholds   ${own}`] : []),
    ...sets
      .filter(({ skipped }) => skipped > 0)
      .map(
        ({ dataset, skippedFolders }) =>
          `skipped folders    ${dataset}: ${skippedFolders.join(", ")}`,
      ),
    ...describeDamaged(report.damaged),
    ...report.warnings.map((warning) => `Warning: ${warning}.`),
    `Charts and table:  ${report.files.join(", ")}`,
  ].join("\n");
}

/** A row for each figure, with a cell for each set. */
function listRows(sets: EvaluateSetsReport["sets"]): string[][] {
  type Row = EvaluateSetsReport["sets"][number];
  const share = (pick: (set: Row) => number | undefined) => (set: Row) => {
    const value = pick(set);
    return value === undefined ? undefined : percent(value);
  };
  const rows: readonly (readonly [string, (set: Row) => string | undefined])[] = [
    ["images", ({ images }) => String(images)],
    ["skipped", ({ skipped }) => (skipped > 0 ? String(skipped) : undefined)],
    ["top-1", share(({ top1 }) => top1)],
    ["top-1, float32", share(({ float }) => float?.top1)],
    ["top-5", share(({ top5 }) => top5)],
    ["top-5, float32", share(({ float }) => float?.top5)],
    ["same first class", share(({ agreement }) => agreement)],
    ["calibration error", ({ ece }) => ece.toFixed(4)],
    ["with the temperature", ({ eceAfter }) => eceAfter.toFixed(4)],
    ["images with an answer", share(({ recommended }) => recommended?.coverage)],
    ["answers that are right", share(({ recommended }) => recommended?.precision)],
  ];
  return rows
    .map(([name, format]) => ({ name, cells: sets.map(format) }))
    .filter(({ cells }) => cells.some((cell) => cell !== undefined))
    .map(({ name, cells }) => [name, ...cells.map((cell) => cell ?? "")]);
}
