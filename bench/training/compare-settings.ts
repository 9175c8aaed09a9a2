/** The rows of the tables: each is a way of training compared with another one, on the same photos. */
import {
  comparePaired,
  type Difference,
  deviation,
  mean,
  type Rights,
} from "./paired-difference.ts";

/** A way of training, and what came out. */
export type Method = {
  readonly name: string;
  /** On the test photos; one row if all seeds answer together. */
  readonly rights: Rights;
};

/** What is to be compared. */
export type Comparison = {
  /** Where: the photos. */
  readonly photos: string;
  readonly method: Method;
  /** Undefined for the method that the others are compared with. */
  readonly baseline?: Method | undefined;
  /** What a guide to these methods promises, in points. */
  readonly claim?: string;
};

export type Row = {
  readonly photos: string;
  readonly method: string;
  readonly seeds: number;
  readonly testPhotos: number;
  /** Share of right answers, by seed. */
  readonly accuracies: readonly number[];
  readonly mean: number;
  /** Of the seeds; null if there is one answer only. */
  readonly deviation: number | null;
  readonly baseline: string | null;
  readonly difference: Difference | null;
  readonly claim: string | null;
};

export function toRow({ photos, method, baseline, claim }: Comparison): Row {
  const accuracies = method.rights.map(mean);
  return {
    photos,
    method: method.name,
    seeds: accuracies.length,
    testPhotos: method.rights[0]?.length ?? 0,
    accuracies,
    mean: mean(accuracies),
    deviation: accuracies.length > 1 ? deviation(accuracies) : null,
    baseline: baseline?.name ?? null,
    difference: baseline ? comparePaired(method.rights, baseline.rights) : null,
    claim: claim ?? null,
  };
}

/** A table in Markdown. */
export function describeRows(rows: readonly Row[]): string {
  return formatMarkdown(
    ["photos", "method", "right, %", "compared with", "points", "95 %", "claimed", "verdict"],
    rows.map((row) => [
      row.photos,
      row.method,
      `${percent(row.mean)}${row.deviation === null ? "" : ` ± ${percent(row.deviation)}`}`,
      row.baseline ?? "–",
      row.difference ? signed(row.difference.mean) : "–",
      row.difference ? row.difference.interval.map(signed).join(" to ") : "–",
      row.claim ?? "–",
      row.difference?.verdict ?? "–",
    ]),
  );
}

export function formatMarkdown(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [heads, heads.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

export function percent(share: number): string {
  return (100 * share).toFixed(1);
}

export function signed(share: number): string {
  const text = Math.abs(100 * share).toFixed(1);
  if (text === "0.0") return text;
  return share < 0 ? `−${text}` : `+${text}`;
}
