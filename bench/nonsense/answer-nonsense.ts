/** What the rules answer at a model's own threshold. */
import { decide, type Verdict } from "../../src/answers/answer.ts";
import { findKinds, hedge } from "../../src/answers/hedge.ts";
import { topK } from "../../src/inference/top-k.ts";
import type { ClassLabel } from "../../src/labels/class-label.ts";
import { hedgeAsFormerly } from "./former-hedge.ts";

/**
 * `before`: any kind that reaches the threshold. `margins`: a kind must beat its share of the classes, as for
 * models that cannot tell what is familiar. `now`: the image must be familiar.
 */
export const RULES = ["before", "margins", "now"] as const;
export type Rule = (typeof RULES)[number];

export type Asked = {
  readonly labels: readonly ClassLabel[];
  readonly probabilities: Float64Array;
  /** Whether the image is familiar to the model. */
  readonly familiar: boolean | undefined;
  readonly threshold: number;
};

export function answerBy(
  rule: Rule,
  { labels, probabilities, threshold, ...asked }: Asked,
): Verdict {
  const familiar = rule === "now" ? asked.familiar : undefined;
  const { verdict } = decide({
    ranked: topK(probabilities, 1),
    threshold: undefined,
    recommendedThreshold: threshold,
    familiar,
    hedge: (needed) =>
      rule === "before"
        ? hedgeAsFormerly(labels, probabilities, needed)
        : hedge(findKinds(labels, probabilities, familiar), needed),
  });
  return verdict;
}
