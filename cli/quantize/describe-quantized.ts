import type { Format } from "../../src/quantize/emit/emit-graph.ts";
import type { WeightShares } from "../../src/quantize/share-weights.ts";
import type { BestMethod } from "../../src/quantize/try-methods.ts";
import { type DamagedImage, describeDamaged } from "../images/skip-damaged.ts";
import { formatTable } from "../terminal/format-table.ts";

/** What `model quantize` reports. */
export type QuantizeReport = Omit<BestMethod, "graph"> & {
  readonly folder: string;
  readonly format: Format;
  readonly bytes: { readonly float32: number; readonly int8: number };
  readonly notes: readonly string[];
  /** Images that were skipped. */
  readonly damaged: readonly DamagedImage[];
};

/** How many layers are named. */
const MAX_LAYERS = 10;

export function describeQuantized(report: QuantizeReport): string {
  const { folder, method, bytes, closeness, floatOperators, notes, calibrationImages } = report;
  const { weights, damaged } = report;
  const mb = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  const rows = Object.entries(closeness).map(([name, { divergence, agreement }]) => [
    name === method ? `${name} (used)` : name,
    divergence.toFixed(4),
    `${(100 * agreement).toFixed(1)} %`,
  ]);
  const kept = Object.entries(floatOperators).map(([operator, times]) => `${operator} (${times})`);
  return [
    ...(rows.length > 0
      ? [formatTable(["ranges by", "divergence from float32", "same first class"], rows), ""]
      : []),
    `Wrote ${folder}: ${mb(bytes.int8)} of int8 from ${mb(bytes.float32)} of float32, ranges by ${method} of ${calibrationImages} images.`,
    ...(kept.length > 0
      ? [`These operators have no int8 form and stay in float: ${kept.join(", ")}.`]
      : []),
    describeWeights(weights),
    ...describeDamaged(damaged),
    ...notes.map((note) => `Note: ${note}.`),
    `Next: resnet-edge model evaluate ${folder} --data DIR`,
  ].join("\n");
}

function describeWeights({ int8, classifier, float }: WeightShares): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const head =
    classifier > 0 ? `; the classifier (${percent(classifier)}) is in half precision` : "";
  const named = float
    .slice(0, MAX_LAYERS)
    .map(({ name, operator, share }) => `${operator} ${name} (${percent(share)})`);
  const more = float.length - named.length;
  const layers =
    float.length === 0
      ? ""
      : `; these layers are in float: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  return `Of the weights, ${percent(int8)} are int8${head}${layers}.`;
}
