import { join } from "node:path";
import { int8FolderOf } from "../../models/int8-folder.ts";
import { formatPercent } from "../../terminal/format-percent.ts";
import { formatTable } from "../../terminal/format-table.ts";
import type { Score } from "./run-folder.ts";
import type { TrainingReport } from "./run-training.ts";
import { REPORT } from "./write-report.ts";

/** How many files are listed. */
const MAX_LISTED = 5;

/** The report for a terminal. */
export function describeTraining(report: TrainingReport): string {
  const { folder, photos, damaged, warnings, teacher, validation, test, seconds } = report;
  const row = (name: string, count: number, score: Score | null) => [
    name,
    `${count}`,
    score ? formatPercent(score.accuracy) : "–",
    score ? score.loss.toFixed(3) : "–",
  ];
  const more = damaged.length - MAX_LISTED;
  return [
    formatTable(
      ["photos", "number", "right", "loss"],
      [
        ["for training", `${photos.train}`, "–", "–"],
        row("for validation", photos.validation, validation),
        row("for the test", photos.test, test),
      ],
    ),
    "",
    `Wrote ${folder}${seconds === null ? "" : `, trained in ${seconds.toFixed(0)} s`}. Open ${join(folder, REPORT)} in a browser.`,
    ...(teacher === null ? [] : [`Its teacher was ${teacher}.`]),
    ...(damaged.length > 0
      ? [
          `Left out ${damaged.length} files that cannot be read as photos:`,
          ...damaged.slice(0, MAX_LISTED).map(({ path, reason }) => `  ${path}: ${reason}`),
          ...(more > 0 ? [`  and ${more} more`] : []),
        ]
      : []),
    ...warnings.map((warning) => `Note: ${warning}.`),
  ].join("\n");
}

/** What to do with a trained model. */
export function describeNextStep(folder: string): string {
  return `Next: resnet-edge model quantize ${folder} --images PHOTOS --out ${int8FolderOf(folder)}`;
}
