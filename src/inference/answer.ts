import type { RankedClass } from "./top-k.ts";

/** The filtered predictions and the single answer drawn from them. */
export type Decision = {
  readonly predictions: readonly RankedClass[];
  /** The class that reached the threshold; undefined where none did. */
  readonly answer: RankedClass | undefined;
};

/**
 * Applies the confidence threshold.
 *
 * @param ranked - the top K, most probable first
 * @param threshold - 0 to 1; undefined keeps all predictions
 * @param recommendedThreshold - what the answer must reach where no threshold is given
 */
export function decide(
  ranked: readonly RankedClass[],
  threshold: number | undefined,
  recommendedThreshold: number,
): Decision {
  const predictions =
    threshold === undefined ? ranked : ranked.filter(({ confidence }) => confidence >= threshold);
  const [best] = ranked;
  const reached = best !== undefined && best.confidence >= (threshold ?? recommendedThreshold);
  return { predictions, answer: reached ? best : undefined };
}
