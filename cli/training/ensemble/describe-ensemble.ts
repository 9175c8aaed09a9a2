import { join } from "node:path";
import { formatTable } from "../../terminal/format-table.ts";
import { formatDifference, formatMeasured } from "../run/compare-runs.ts";
import { toId } from "../run/write-trained-model.ts";
import type { Figures, MeasuredPart } from "./ensemble-folder.ts";
import type { EnsembleReport } from "./finish-ensemble.ts";

const MEGABYTE = 1e6;
/** Models that one request can name (src/classification/plan-classification.ts). */
const MOST_SERVED = 4;

/** The report for a terminal. */
export function describeEnsemble(report: EnsembleReport): string {
  const { folder, damaged, warnings, members, outcome, soup } = report;
  const { best, combination, passes, bytes, fitted, mean, soups } = outcome;
  const part = (measured: MeasuredPart | null) =>
    formatMeasured(
      measured && {
        photos: measured.photos,
        accuracy: measured.right / measured.photos,
        interval: measured.interval,
      },
    );
  const row = (name: string, { validation, test, difference }: Figures) => [
    name,
    part(validation),
    part(test),
    test ? test.loss.toFixed(3) : "–",
    difference ? formatDifference(difference) : "–",
  ];
  const names = (indices: readonly number[]) => indices.map((m) => members[m]?.folder).join(", ");
  return [
    formatTable(
      ["answers of", "validation", "test", "loss", "differs from the best member"],
      [
        ...outcome.members.map((figures, m) =>
          row(`${members[m]?.folder}${m === best ? " (best by validation)" : ""}`, figures),
        ),
        row(`mean of ${passes}`, mean),
        ...(fitted ? [row(`weighted mean of ${passes}`, fitted)] : []),
        ...(soups ? [row(`soup of all ${passes}`, soups.uniform)] : []),
        ...(soups?.greedy
          ? [row(`soup of ${soups.greedy.members.length} (greedy)`, soups.greedy)]
          : []),
      ],
    ),
    "",
    ...(fitted
      ? [
          `Weights: ${members.map((member, m) => `${member.folder} ${(fitted.weights[m] as number).toFixed(2)}`).join(", ")}.`,
        ]
      : []),
    `Wrote ${folder}. Its result is that of the ${combination === "mean" ? "mean" : "weighted mean"}${fitted ? ", by what is more probable on photos that the weights were not fitted on" : ""}.`,
    `Each photo costs ${passes} runs of a network, and their ${(bytes / MEGABYTE).toFixed(1)} MB in float32.`,
    ...(soup && soups
      ? [
          `The soup ${soup} costs as much as one network. It has the mean weights of ${names(soups[soups.kept]?.members ?? [])}.`,
        ]
      : []),
    ...(damaged.length > 0
      ? [
          `Left out ${damaged.length} files that cannot be read as photos, such as ${damaged[0]?.path}.`,
        ]
      : []),
    ...warnings.map((warning) => `Note: ${warning}.`),
    ...(soup ? ["To serve the soup:", ...serve(soup, " --promote NAME")] : []),
    `To serve up to ${MOST_SERVED} members, whose answers a Worker averages with equal weights, do this for each:`,
    ...serve(join(folder, members[best ?? 0]?.folder ?? "")),
    `Then name them in a request: POST /classify?models=${members
      .slice(0, MOST_SERVED)
      .map((member) => `${toId(member.folder)}@1.0.0`)
      .join(",")}`,
  ].join("\n");
}

/** The commands that publish a model folder. */
function serve(path: string, promotion = ""): string[] {
  return [
    `  resnet-edge model quantize ${path} --images PHOTOS --out ${path}-int8`,
    `  resnet-edge model evaluate ${path}-int8 --data OTHER-PHOTOS`,
    `  resnet-edge model publish ${path}-int8${promotion}`,
  ];
}
