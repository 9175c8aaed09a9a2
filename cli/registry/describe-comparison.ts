import type { Comparison, EstimatedShare } from "./comparison.ts";
import { formatShare } from "./describe-arms.ts";

const VERDICTS = {
  keep: "It can stay: both shares are below their bounds.",
  demote: "It must go.",
  undecided: "Undecided: more images are needed.",
} as const satisfies Record<Comparison["verdict"], string>;

/** What `model compare` shows. */
export function describeComparison(
  alias: string,
  version: string,
  comparison: Comparison,
  demoted: boolean,
): string {
  if (comparison.runs === 0) {
    return `There are no records of ${version} for ${alias} yet, so nothing can be compared. Check that they come from Workers that answer for ${alias}, and that LOG_REQUESTS is not "false".`;
  }
  return [
    `${version} compared with what ${alias} points to:`,
    describeShares(comparison),
    VERDICTS[comparison.verdict],
    ...(demoted ? [`${alias} no longer points to it.`] : []),
    ...(comparison.verdict === "demote" && !demoted ? ["To take it out, add --demote."] : []),
  ].join("\n");
}

/** The two shares, with their confidence intervals. */
export function describeShares({ compared, disagreement, runs, errorRate }: Comparison): string {
  const between = ({ share, low, high }: EstimatedShare) =>
    `${formatShare(share)} (95 %: ${formatShare(low)} to ${formatShare(high)})`;
  return [
    `another first class on ${between(disagreement)} of ${compared} images`,
    `failed on ${between(errorRate)} of ${runs} images`,
  ].join("; ");
}
