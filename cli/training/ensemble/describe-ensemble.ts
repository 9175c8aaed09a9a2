import { join } from "node:path";
import { DEFAULT_MEMORY_LIMITS } from "../../../src/models/memory-budget.ts";
import { int8FolderOf } from "../../models/int8-folder.ts";
import { formatTable } from "../../terminal/format-table.ts";
import { formatDifference, formatMeasured } from "../run/compare-runs.ts";
import { REPORT } from "../run/write-report.ts";
import { toId } from "../run/write-trained-model.ts";
import type { MeasuredPart } from "./ensemble-folder.ts";
import type { EnsembleReport } from "./ensemble-report.ts";
import { explainOutcome, listAnswers } from "./list-answers.ts";

/** Models that one request can name (src/classification/plan-classification.ts). */
const MOST_SERVED = 4;
/** Bytes of a weight that int8 keeps in one. */
const FLOAT_BYTES = 4;

/** The report for a terminal. */
export function describeEnsemble(report: EnsembleReport): string {
  const { folder, damaged, warnings, members, outcome, soup } = report;
  return [
    formatTable(
      ["answers of", "validation", "test", "loss", "differs from the best member"],
      listAnswers(members, outcome).map(({ name, figures: { validation, test, difference } }) => [
        name,
        formatPart(validation),
        formatPart(test),
        test ? test.loss.toFixed(3) : "–",
        difference ? formatDifference(difference) : "–",
      ]),
    ),
    "",
    ...explainOutcome(members, outcome),
    `Wrote ${folder}. Open ${join(folder, REPORT)} in a browser.`,
    ...(damaged.length > 0
      ? [
          `Left out ${damaged.length} files that cannot be read as photos, such as ${damaged[0]?.path}.`,
        ]
      : []),
    ...warnings.map((warning) => `Note: ${warning}.`),
    ...(soup ? ["To serve the soup:", ...serve(soup, " --promote NAME")] : []),
    ...serveMembers(report),
  ].join("\n");
}

export function formatPart(part: MeasuredPart | null): string {
  if (!part) return formatMeasured(null);
  const { photos, right, interval } = part;
  return formatMeasured({ photos, accuracy: right / photos, interval });
}

/** How members are served together, as far as a Worker has memory for them. */
function serveMembers({ folder, members, outcome, soup }: EnsembleReport): string[] {
  const each = outcome.bytes / outcome.passes / FLOAT_BYTES;
  const limit = DEFAULT_MEMORY_LIMITS.modelBytes;
  const count = Math.min(MOST_SERVED, members.length, Math.floor(limit / each));
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  if (count < 2) {
    return [
      `A Worker cannot run members together: each has about ${megabytes(each)} in int8, and it has memory for ${megabytes(limit)}.`,
      `${soup ? "Serve the soup, or teach" : "Teach"} one network: resnet-edge train distill PHOTOS --teacher ${folder} --out OTHER-FOLDER`,
    ];
  }
  return [
    "To serve members together, publish each:",
    ...serve(join(folder, members[outcome.best ?? 0]?.folder ?? "")),
    `Then name up to ${count} in a request. The Worker averages them with equal weights:`,
    `  /classify?models=${members
      .slice(0, count)
      .map((member) => `${toId(member.folder)}@1.0.0`)
      .join(",")}`,
  ];
}

/** The commands that publish a model folder. */
function serve(path: string, promotion = ""): string[] {
  const int8 = int8FolderOf(path);
  return [
    `  resnet-edge model quantize ${path} --images PHOTOS --out ${int8}`,
    `  resnet-edge model evaluate ${int8} --data OTHER-PHOTOS`,
    `  resnet-edge model publish ${int8}${promotion}`,
  ];
}
