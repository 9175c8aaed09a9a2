import { fraction } from "./accuracy.ts";
import type { ScoredPrediction } from "./calibration.ts";

/** The figures of one class. */
export type ClassRow = {
  readonly id: string;
  readonly images: number;
  /** Share of its images that were predicted as this class. */
  readonly recall: number;
  /** Number of images that were predicted as this class. */
  readonly predictions: number;
  /** Share of these predictions that are correct; undefined if there are none. */
  readonly precision: number | undefined;
  /** Undefined if the recommended threshold applies. */
  readonly threshold: number | undefined;
  /** The class that is most often predicted wrongly for its images. */
  readonly confusedWith: string | undefined;
};

/** Makes a row for each class that occurs among the images, in output order. */
export function tabulateClasses(
  ids: readonly string[],
  predictions: readonly ScoredPrediction[],
  expected: readonly number[],
  thresholds: ReadonlyMap<number, number>,
): ClassRow[] {
  const all = predictions.map((item, i) => ({ ...item, truth: expected[i] as number }));
  const byTruth = Map.groupBy(all, ({ truth }) => truth);
  const byPrediction = Map.groupBy(all, ({ predicted }) => predicted);
  return [...byTruth]
    .sort(([a], [b]) => a - b)
    .map(([position, items]) => {
      const predicted = byPrediction.get(position) ?? [];
      const wrong = Map.groupBy(
        items.filter(({ right }) => !right),
        ({ predicted }) => predicted,
      );
      const [confused] = [...wrong].sort(([, a], [, b]) => b.length - a.length);
      return {
        id: ids[position] as string,
        images: items.length,
        recall: fraction(items, ({ right }) => right),
        predictions: predicted.length,
        precision: predicted.length === 0 ? undefined : fraction(predicted, ({ right }) => right),
        threshold: thresholds.get(position),
        confusedWith: confused && ids[confused[0]],
      };
    });
}
