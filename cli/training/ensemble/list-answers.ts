/** The rows of an ensemble's report. */
import type { EnsembleMember, EnsembleOutcome, Figures } from "./ensemble-folder.ts";

/** A member or a combination of members, and its figures. */
export type AnswerRow = {
  readonly name: string;
  /** The folder of the run, relative to that of the ensemble; undefined for answers of several members. */
  readonly folder: string | undefined;
  readonly figures: Figures;
};

const MEGABYTE = 1e6;

/** Members, then each way to combine them. */
export function listAnswers(
  members: readonly EnsembleMember[],
  { members: own, best, mean, fitted, soups, passes }: EnsembleOutcome,
): AnswerRow[] {
  const together = (name: string, figures: Figures | null | undefined) =>
    figures ? [{ name, folder: undefined, figures }] : [];
  return [
    ...own.map((figures, m) => {
      const folder = members[m]?.folder ?? "";
      return { name: m === best ? `${folder} (best by validation)` : folder, folder, figures };
    }),
    ...together(`mean of ${passes}`, mean),
    ...together(`weighted mean of ${passes}`, fitted),
    ...together(`soup of all ${passes}`, soups?.uniform),
    ...together(`greedy soup of ${soups?.greedy?.members.length}`, soups?.greedy),
  ];
}

/** What the figures mean, in sentences. */
export function explainOutcome(
  members: readonly EnsembleMember[],
  { combination, fitted, passes, bytes, soups }: EnsembleOutcome,
): string[] {
  const nameOf = (m: number) => members[m]?.folder;
  const kept = soups?.[soups.kept]?.members;
  return [
    ...(fitted
      ? [`Weights: ${fitted.weights.map((w, m) => `${nameOf(m)} ${w.toFixed(2)}`).join(", ")}.`]
      : []),
    `The result of the ensemble is that of the ${combination === "mean" ? "mean" : "weighted mean"}${fitted ? ", which makes the true classes more probable on photos that no weights were fitted on" : ""}.`,
    `Each photo costs ${passes} runs of a network, with ${(bytes / MEGABYTE).toFixed(1)} MB of weights in float32.`,
    ...(kept
      ? [
          `The folder soup has one network with the mean of the weights of ${kept.map(nameOf).join(", ")}. It costs as much as one member.`,
        ]
      : []),
  ];
}
