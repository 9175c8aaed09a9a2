/** Combines the answers of an ensemble's members, and chooses how by the photos for validation. */
import { join } from "node:path";
import {
  crossFitMixture,
  fitMixtureWeights,
  mixtureLoss,
} from "../../../src/evaluate/mixture-weights.ts";
import { softmax } from "../../../src/inference/softmax.ts";
import { readBase } from "../run/open-run.ts";
import { isBetter } from "../run/score-photos.ts";
import type { EnsembleMember, EnsembleOutcome } from "./ensemble-folder.ts";
import { makeSoups } from "./make-soups.ts";
import type { Answers, MemberScorer } from "./member-scorer.ts";

export type Combined = {
  readonly outcome: EnsembleOutcome;
  /** In the combination that was chosen. */
  readonly answers: Answers;
};

/** Fewer cannot be divided into halves. */
const LEAST_PHOTOS = 2;

/**
 * Measures each member, the mean of their answers, and the mean with fitted weights, and writes the soup. Weights
 * replace the mean only if they make the true classes more probable on photos that they were not fitted on.
 *
 * @param folder - of the ensemble; all members are finished
 */
export async function combineMembers(
  folder: string,
  members: readonly EnsembleMember[],
  scorer: MemberScorer,
): Promise<Combined> {
  const answers: Answers[] = [];
  let bytes = 0;
  for (const member of members) {
    const network = await readBase(join(folder, member.folder));
    bytes += network.model.manifest.files.model.bytes;
    answers.push(await scorer.run(network));
  }
  const best = findBest(answers, scorer);
  const bestAnswers = best === null ? undefined : answers[best];
  const equal = members.map(() => 1 / members.length);
  const mean = scorer.mix(answers, equal);
  const fit = fitWeights(answers, scorer);
  const fitted = fit ? scorer.mix(answers, fit.weights) : undefined;
  const isFitted = fit !== undefined && fit.crossFittedLoss < fit.meanLoss;
  return {
    answers: isFitted && fitted ? fitted : mean,
    outcome: {
      combination: isFitted ? "weights" : "mean",
      weights: isFitted ? [...fit.weights] : equal,
      best,
      members: answers.map((own) => scorer.measure(own, bestAnswers)),
      mean: scorer.measure(mean, bestAnswers),
      fitted:
        fit && fitted
          ? {
              ...scorer.measure(fitted, bestAnswers),
              weights: [...fit.weights],
              crossFittedLoss: fit.crossFittedLoss,
            }
          : null,
      soups: await makeSoups({ folder, members, answers, scorer, best: bestAnswers }),
      passes: members.length,
      bytes,
    },
  };
}

function findBest(answers: readonly Answers[], scorer: MemberScorer): number | null {
  let best: number | null = null;
  for (const [m, own] of answers.entries()) {
    const score = scorer.score(own.validation);
    if (!score) return null;
    const other = best === null ? null : scorer.score(answers[best]?.validation ?? []);
    // The first of equals stays.
    if (!other || isBetter(score, other)) best = m;
  }
  return best;
}

function fitWeights(answers: readonly Answers[], scorer: MemberScorer) {
  const photos = scorer.of("validation");
  if (photos.length < LEAST_PHOTOS) return undefined;
  const truths = answers.map(({ validation }) =>
    Float64Array.from(
      validation,
      (logits, i) => softmax(logits)[photos[i]?.class as number] as number,
    ),
  );
  return {
    weights: fitMixtureWeights(truths).weights,
    crossFittedLoss: crossFitMixture(truths),
    meanLoss: mixtureLoss(
      truths,
      truths.map(() => 1 / truths.length),
    ),
  };
}
