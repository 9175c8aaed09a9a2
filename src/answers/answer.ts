import type { RankedClass } from "../inference/top-k.ts";
import { firstReaching } from "./first-reaching.ts";
import type { HedgedAnswer } from "./hedge.ts";

/** The single answer for a photo. */
export type Verdict =
  | ({ readonly type: "CLASS" } & RankedClass)
  | ({ readonly type: "ANCESTOR" } & HedgedAnswer)
  | { readonly type: "UNKNOWN" };

export type Decision = {
  readonly predictions: readonly RankedClass[];
  readonly verdict: Verdict;
};

export type DecisionInput = {
  /** The top K, most probable first. */
  readonly ranked: readonly RankedClass[];
  /** 0 to 1; undefined keeps all predictions. */
  readonly threshold: number | undefined;
  /** What the answer must reach if no threshold is given. */
  readonly recommendedThreshold: number;
  /** The threshold of the best class, if that class has its own. */
  readonly classThreshold?: number;
  /** Whether the image looks like the model's photos; undefined if the model cannot tell. */
  readonly familiar?: boolean | undefined;
  /** The most specific ancestor whose classes reach a threshold together, if there is one. */
  readonly hedge: (threshold: number) => HedgedAnswer | undefined;
};

/**
 * Applies the confidence threshold: the best class if it reaches the threshold, otherwise an ancestor that
 * does, otherwise unknown. An image that is unlike the model's photos is unknown at any threshold.
 */
export function decide({
  ranked,
  threshold,
  recommendedThreshold,
  classThreshold = recommendedThreshold,
  familiar,
  hedge,
}: DecisionInput): Decision {
  const predictions =
    threshold === undefined ? ranked : ranked.filter(({ confidence }) => confidence >= threshold);
  if (familiar === false) return { predictions, verdict: { type: "UNKNOWN" } };
  const best = firstReaching(ranked.slice(0, 1), threshold ?? classThreshold);
  if (best) return { predictions, verdict: { type: "CLASS", ...best } };
  const ancestor = hedge(threshold ?? recommendedThreshold);
  return {
    predictions,
    verdict: ancestor ? { type: "ANCESTOR", ...ancestor } : { type: "UNKNOWN" },
  };
}

/**
 * Lists every answer that a threshold could lead to, most specific first: {@link firstReaching} of them is the
 * verdict of {@link decide}, unless the best class has a threshold of its own.
 *
 * @param kinds - as `findKinds` returns them
 */
export function possibleAnswers(
  best: RankedClass,
  kinds: readonly HedgedAnswer[],
  familiar: boolean | undefined,
): Verdict[] {
  if (familiar === false) return [];
  return [
    { type: "CLASS", ...best },
    ...kinds
      .filter(({ confidence }) => confidence > best.confidence)
      .map((kind): Verdict => ({ type: "ANCESTOR", ...kind })),
  ];
}
