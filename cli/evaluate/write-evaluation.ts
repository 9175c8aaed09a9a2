/** What an evaluation writes: charts and a table beside the model, and figures into its manifest. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClassRow, Evaluation } from "../../src/evaluate/evaluate-predictions.ts";
import type { ClassLabel } from "../../src/labels/class-label.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { reliabilityChart, riskCoverageChart } from "../charts/evaluation-charts.ts";
import { writeChart } from "../charts/write-chart.ts";

/** The folder for charts and table, in the model's. */
export const EVALUATION_FOLDER = "evaluation";

/**
 * Writes the charts and the table.
 *
 * @returns their paths
 */
export async function writeFigures(
  modelFolder: string,
  title: string,
  evaluation: Evaluation,
  labels: readonly ClassLabel[],
): Promise<string[]> {
  const folder = join(modelFolder, EVALUATION_FOLDER);
  await mkdir(folder, { recursive: true });
  const { reliability, temperature, recommended } = evaluation;
  const charts = {
    "reliability.svg": reliabilityChart(title, {
      uncalibrated: reliability.before,
      [`at temperature ${temperature.toFixed(2)}`]: reliability.after,
    }),
    "risk-coverage.svg": riskCoverageChart(title, evaluation.riskCoverage, recommended),
  };
  for (const [name, chart] of Object.entries(charts)) await writeChart(join(folder, name), chart);
  await writeFile(join(folder, "classes.tsv"), formatClasses(evaluation.classes, labels));
  return [...Object.keys(charts), "classes.tsv"].map((name) => join(folder, name));
}

/** The manifest with the figures added. */
export function addFigures(
  manifest: ModelManifest,
  dataset: string,
  evaluation: Evaluation,
): ModelManifest {
  const { images, temperature, targetPrecision, classThresholds, recommended } = evaluation;
  return {
    ...manifest,
    metrics: { ...manifest.metrics, [dataset]: toMetrics(evaluation) },
    recommendedThreshold: recommended?.threshold ?? manifest.recommendedThreshold,
    calibration: {
      dataset,
      images,
      temperature,
      ...(recommended ? { targetPrecision, classThresholds } : {}),
    },
  };
}

/** Rates in percent, as manifests have them. */
function toMetrics(evaluation: Evaluation): Record<string, number> {
  const { images, top1, top5, agreement, float, ece, eceAfter, recommended } = evaluation;
  const percent = (share: number) => round(100 * share, 2);
  return {
    images,
    top1: percent(top1),
    top5: percent(top5),
    ...(float && { fp32Top1: percent(float.top1), fp32Top5: percent(float.top5) }),
    ...(agreement !== undefined && { agreement: percent(agreement) }),
    ece: round(ece, 4),
    eceAfter: round(eceAfter, 4),
    ...(recommended && {
      coverage: percent(recommended.coverage),
      precision: percent(recommended.precision),
    }),
  };
}

const HEADER = [
  "id",
  "label",
  "images",
  "recall",
  "predictions",
  "precision",
  "threshold",
  "confused with",
];

function formatClasses(classes: readonly ClassRow[], labels: readonly ClassLabel[]): string {
  const names = new Map(labels.map(({ id, names: { EN } }) => [id, EN[0]]));
  const rows = classes.map((row) => [
    row.id,
    names.get(row.id),
    row.images,
    row.recall.toFixed(3),
    row.predictions,
    row.precision?.toFixed(3) ?? "",
    row.threshold?.toFixed(2) ?? "",
    names.get(row.confusedWith ?? "") ?? "",
  ]);
  return `${[HEADER, ...rows].map((row) => row.join("\t")).join("\n")}\n`;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
