import { formatTable } from "../../terminal/format-table.ts";
import { type DatasetReport, MIN_PHOTOS } from "./check-dataset.ts";

/** How many photos of a kind are listed. */
const MAX_LISTED = 10;

/** The report for a terminal. */
export function describeDataset(report: DatasetReport): string {
  const { classes, damaged, duplicates, smallClasses, suspects, errors } = report;
  const hasValidation = classes.some(({ validation }) => validation > 0);
  const heads = hasValidation ? ["class", "train", "validation"] : ["class", "photos"];
  const rows = classes.map(({ id, train, validation }) =>
    hasValidation ? [id, `${train}`, `${validation}`] : [id, `${train}`],
  );
  return [
    `${report.photos} photos of ${classes.length} classes can be used.`,
    "",
    formatTable(heads, rows),
    ...section(
      list(
        "These files cannot be read as photos:",
        damaged.map(({ path, reason }) => `${path}: ${reason}`),
      ),
    ),
    ...section(
      list(
        "These show the same picture:",
        duplicates.map(({ paths: [a, b], exact, leak, contradiction }) => {
          const facts = [
            exact ? "same file" : "look alike",
            ...(leak ? ["one is for training, one for validation"] : []),
            ...(contradiction ? ["different classes"] : []),
          ];
          return `${a} and ${b} (${facts.join("; ")})`;
        }),
      ),
    ),
    ...section(
      list(
        "These look unlike the others of their class; look at them, and remove those that do not belong there:",
        (suspects ?? []).map(({ path, score }) => `${path} (${score.toFixed(1)})`),
      ),
    ),
    ...section(
      smallClasses.length === 0
        ? []
        : [`Fewer than ${MIN_PHOTOS} photos to train: ${smallClasses.join(", ")}.`],
    ),
    ...section(errors.map((error) => `Error: ${error}`)),
    ...section(errors.length > 0 ? [] : ["The photos can be used for training."]),
  ].join("\n");
}

function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function list(title: string, items: readonly string[]): string[] {
  if (items.length === 0) return [];
  const more = items.length - MAX_LISTED;
  return [
    title,
    ...items.slice(0, MAX_LISTED).map((item) => `  ${item}`),
    ...(more > 0 ? [`  and ${more} more (--json lists all)`] : []),
  ];
}
