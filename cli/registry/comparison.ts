/** Compares two versions: what was counted, and whether the new one must go. */
import type { LogRecord } from "./read-log-records.ts";

/** Counts for a version that is tried beside the one that an alias points to. */
export type ComparisonCounts = {
  /** Images that both versions classified. */
  readonly compared: number;
  /** Of these, images with the same first class. */
  readonly agreed: number;
  /** Images that the new version had to classify, as an arm or as a shadow. */
  readonly runs: number;
  /** Of these, images that it failed on. */
  readonly failures: number;
};

/** The shares above which the new version must go. */
export type ComparisonBounds = {
  readonly maxDisagreement: number;
  readonly maxErrorRate: number;
};

/** A share with its 95 % confidence interval. */
export type EstimatedShare = {
  readonly share: number;
  readonly low: number;
  readonly high: number;
};

export type Comparison = ComparisonCounts & {
  readonly disagreement: EstimatedShare;
  readonly errorRate: EstimatedShare;
  /** "undecided" if a bound lies inside a confidence interval. */
  readonly verdict: "keep" | "demote" | "undecided";
};

const NO_COUNTS: ComparisonCounts = { compared: 0, agreed: 0, runs: 0, failures: 0 };

/** Counts in the Worker's log lines: its comparisons, and its requests. */
export function countRecords(
  records: readonly LogRecord[],
  alias: string,
  version: string,
): ComparisonCounts {
  const counts = { ...NO_COUNTS };
  for (const record of records) {
    if (record.event === "shadow") {
      if (record.name !== alias || record.shadow !== version) continue;
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
 * A version must go if its share of disagreements or of failures exceeds a bound by more than chance
 * explains: if the lower end of the 95 % interval does.
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

/** The 97.5 % quantile of the normal distribution. */
const Z = 1.959964;

/**
 * Wilson's interval, which also holds for few observations and rare events.
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
