/** Two versions compared: what was counted, and whether the new one is to go. */
import type { LogRecord } from "./read-log-records.ts";

/** What was counted of a version that is tried beside the one that a name means. */
export type ComparisonCounts = {
  /** Images that both have seen. */
  readonly compared: number;
  /** Of these, with the same first class. */
  readonly agreed: number;
  /** Images that the new version was to classify, as an arm or as a shadow. */
  readonly runs: number;
  /** Of these, where it could not. */
  readonly failures: number;
};

/** From which shares on the new version is to go. */
export type ComparisonBounds = {
  readonly maxDisagreement: number;
  readonly maxErrorRate: number;
};

/** A share, and between which bounds it lies with 95 % confidence. */
export type EstimatedShare = {
  readonly share: number;
  readonly low: number;
  readonly high: number;
};

/** What follows. */
export type Comparison = ComparisonCounts & {
  readonly disagreement: EstimatedShare;
  readonly errorRate: EstimatedShare;
  /** "undecided" where the bounds lie inside what chance allows. */
  readonly verdict: "keep" | "demote" | "undecided";
};

export const NO_COUNTS: ComparisonCounts = { compared: 0, agreed: 0, runs: 0, failures: 0 };

/** Counts in the Worker's log lines: its comparisons, and its requests. */
export function countRecords(
  records: readonly LogRecord[],
  name: string,
  version: string,
): ComparisonCounts {
  const counts = { ...NO_COUNTS };
  for (const record of records) {
    if (record.event === "shadow") {
      if (record.name !== name || record.shadow !== version) continue;
      const failed = record.code !== undefined;
      if (!failed) counts.compared++;
      if (record.agreed === true) counts.agreed++;
      if (record.ran === "shadow") counts.runs++;
      if (record.ran === "shadow" && failed) counts.failures++;
      continue;
    }
    const failures = asList(record.failedModels).filter((model) => model === version).length;
    const answers = asList(record.classifications).filter(
      (item) => (item as { model?: unknown } | null)?.model === version,
    ).length;
    counts.runs += answers + failures;
    counts.failures += failures;
  }
  return counts;
}

/**
 * Decides. A version goes when its share of disagreement or of failures exceeds a bound beyond what
 * chance explains: when the lower end of the 95 % interval does.
 */
export function judgeComparison(counts: ComparisonCounts, bounds: ComparisonBounds): Comparison {
  const disagreement = estimate(counts.compared - counts.agreed, counts.compared);
  const errorRate = estimate(counts.failures, counts.runs);
  const exceeds = (pick: (share: EstimatedShare) => number) =>
    pick(disagreement) > bounds.maxDisagreement || pick(errorRate) > bounds.maxErrorRate;
  const verdict = exceeds(({ low }) => low)
    ? "demote"
    : exceeds(({ high }) => high)
      ? "undecided"
      : "keep";
  return { ...counts, disagreement, errorRate, verdict };
}

/** Of the normal distribution, for 95 %. */
const Z = 1.959964;

/**
 * Wilson's interval, which holds for few observations and rare events too.
 *
 * Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
 */
function estimate(count: number, total: number): EstimatedShare {
  if (total === 0) return { share: 0, low: 0, high: 1 };
  const share = count / total;
  const middle = share + Z ** 2 / (2 * total);
  const width = Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2));
  const scale = 1 + Z ** 2 / total;
  return {
    share,
    low: Math.max(0, (middle - width) / scale),
    high: Math.min(1, (middle + width) / scale),
  };
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
