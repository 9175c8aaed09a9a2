/** Prints how many photos get the right answer by each rule. */
import { readModelFolder } from "../../cli/models/model-folder.ts";
import { formatTable } from "../../cli/terminal/format-table.ts";
import { type Familiarity, isFamiliar, type Measured } from "../../src/answers/familiarity.ts";
import { fitFamiliarity } from "../../src/evaluate/fit-familiarity.ts";
import type { PhotoPredictions } from "../predict-photos.ts";
import { answerBy, RULES, type Rule } from "./answer-nonsense.ts";

type Sets = Readonly<Record<string, PhotoPredictions>>;

/**
 * Counts the right answers to photos, with and without kinds of more than half of the classes. What is familiar
 * is fitted on every second photo of all sets and applied to the others, and the other way round.
 */
export async function printRightAnswers(folder: string, sets: Sets): Promise<void> {
  const { recommendedThreshold } = (await readModelFolder(folder)).manifest;
  const halves = [0, 1].map((parity) => fitOnHalf(sets, parity)) as [Fit, Fit];
  const rows = Object.entries(sets).flatMap(([set, photos]) =>
    RULES.map((rule) => [set, rule, ...rates(rule, photos, halves, recommendedThreshold)]),
  );
  console.log(`\nRight answers at ${recommendedThreshold}\n`);
  const header = ["photos", "rule", "right", "right, at least one bit", "wrong", "no answer"];
  console.log(formatTable(header, rows));
}

type Fit = Familiarity | undefined;

function fitOnHalf(sets: Sets, parity: number): Fit {
  const measured = Object.values(sets).flatMap((set) =>
    set.measured.filter((_, i) => i % 2 === parity),
  );
  const [first] = Object.values(sets);
  return fitFamiliarity(measured, first?.labels.length ?? 0);
}

function rates(
  rule: Rule,
  { labels, truths, probabilities, measured }: PhotoPredictions,
  halves: readonly [Fit, Fit],
  threshold: number,
): string[] {
  const byId = new Map(labels.map((label) => [label.id, label]));
  let right = 0;
  let telling = 0;
  let none = 0;
  probabilities.forEach((distribution, i) => {
    const fit = i % 2 === 0 ? halves[1] : halves[0];
    const familiar = isFamiliar(measured[i] as Measured, fit);
    const verdict = answerBy(rule, { labels, probabilities: distribution, familiar, threshold });
    const truth = byId.get(truths[i] as string);
    if (verdict.type === "UNKNOWN") none++;
    else if (verdict.type === "CLASS") {
      if (labels[verdict.classIndex] !== truth) return;
      right++;
      telling++;
    } else if (truth?.ancestors.includes(verdict.kind)) {
      const { length } = labels.filter(({ ancestors }) => ancestors.includes(verdict.kind));
      right++;
      if (length <= labels.length / 2) telling++;
    }
  });
  return [right, telling, truths.length - right - none, none].map(
    (count) => `${((100 * count) / truths.length).toFixed(1)} %`,
  );
}
