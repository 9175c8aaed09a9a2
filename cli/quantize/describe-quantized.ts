import type { Format } from "../../src/quantize/emit-graph.ts";
import type { BestMethod } from "../../src/quantize/try-methods.ts";
import { formatTable } from "../terminal/format-table.ts";

/** What `model quantize` reports. */
export type QuantizeReport = Omit<BestMethod, "graph"> & {
  readonly folder: string;
  readonly format: Format;
  readonly bytes: { readonly float32: number; readonly int8: number };
  readonly notes: readonly string[];
};

export function describeQuantized(report: QuantizeReport): string {
  const { folder, method, bytes, closeness, floatOperators, notes, calibrationImages } = report;
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
    ...notes.map((note) => `Note: ${note}.`),
    `Next: resnet-edge model evaluate ${folder} --data DIR`,
  ].join("\n");
}
