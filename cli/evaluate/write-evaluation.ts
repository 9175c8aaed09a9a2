/** What an evaluation writes: charts and a table beside the model, and figures into its manifest. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Familiarity } from "../../src/answers/familiarity.ts";
import type { ClassRow } from "../../src/evaluate/class-rows.ts";
import type { Evaluation } from "../../src/evaluate/evaluate-predictions.ts";
import type { SetEvaluation } from "../../src/evaluate/evaluate-sets.ts";
import type { ClassLabel } from "../../src/labels/class-label.ts";
import type { ModelManifest } from "../../src/models/manifest.ts";
import { reliabilityChart, riskCoverageChart } from "../charts/evaluation-charts.ts";
import { writeChart } from "../charts/write-chart.ts";

/** The folder for charts and table, in the model's. */
export const EVALUATION_FOLDER = "evaluation";

/**
 * Writes the charts and the table.
 *
 * @param sets - one or several; the table has the images of all of them
 * @returns their paths
 */
export async function writeFigures(
  modelFolder: string,
  model: string,
  sets: readonly SetEvaluation[],
  { temperature, classes }: Evaluation,
  labels: readonly ClassLabel[],
): Promise<string[]> {
  const folder = join(modelFolder, EVALUATION_FOLDER);
  await mkdir(folder, { recursive: true });
  const title = `${model} on ${sets.map(({ dataset }) => dataset).join(" and ")}`;
  const series = sets.flatMap(({ dataset, reliability: { before, after } }) => {
    const prefix = sets.length > 1 ? `${dataset}, ` : "";
    return [
      [`${prefix}uncalibrated`, before],
      [`${prefix}at temperature ${temperature.toFixed(2)}`, after],
    ] as const;
  });
  const curves = sets.map(({ dataset, riskCoverage, recommended }) => ({
    name: dataset,
    points: riskCoverage,
    recommended,
  }));
  const charts = {
    "reliability.svg": reliabilityChart(title, Object.fromEntries(series)),
    "risk-coverage.svg": riskCoverageChart(title, curves),
  };
  for (const [name, chart] of Object.entries(charts)) await writeChart(join(folder, name), chart);
  await writeFile(join(folder, "classes.tsv"), formatClasses(classes, labels));
  return [...Object.keys(charts), "classes.tsv"].map((name) => join(folder, name));
}

/** The manifest with the figures added. */
export function addFigures(
  manifest: ModelManifest,
  sets: readonly SetEvaluation[],
  { images, temperature, targetPrecision, classThresholds, recommended }: Evaluation,
  familiarity: Familiarity | undefined,
): ModelManifest {
  const figures = Object.fromEntries(sets.map((set) => [set.dataset, toMetrics(set)]));
  return {
    ...manifest,
    metrics: { ...manifest.metrics, ...figures },
    recommendedThreshold: recommended?.threshold ?? manifest.recommendedThreshold,
    calibration: {
      dataset: sets.map(({ dataset }) => dataset).join(", "),
      images,
      temperature,
      ...(recommended ? { targetPrecision, classThresholds } : {}),
      ...(familiarity && { familiarity }),
    },
  };
}

/** Rates in percent, as manifests have them. */
function toMetrics(set: SetEvaluation): Record<string, number> {
  const { images, top1, top5, agreement, float, ece, eceAfter, recommended } = set;
  const percent = (share: number) => round(100 * share, 2);
  return {
    images,
    top1: percent(top1),
    ...(top5 !== undefined && { top5: percent(top5) }),
    ...(float && { fp32Top1: percent(float.top1) }),
    ...(float?.top5 !== undefined && { fp32Top5: percent(float.top5) }),
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
