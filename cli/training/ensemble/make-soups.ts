/** Averages the weights of an ensemble's members, and writes the better soup as a model folder. */
import { basename, join, resolve } from "node:path";
import type { Graph } from "../../../src/graphs/graph.ts";
import { averageWeights, chooseGreedily } from "../../../src/training/soup.ts";
import { writeModelFolder } from "../../models/model-folder.ts";
import { type Base, readBase } from "../run/open-run.ts";
import type { Score } from "../run/run-folder.ts";
import { evaluatePhotos, isBetter } from "../run/score-photos.ts";
import { toId, writeTrainedModel } from "../run/write-trained-model.ts";
import {
  type EnsembleMember,
  type EnsembleOutcome,
  type Figures,
  SOUP,
} from "./ensemble-folder.ts";
import type { Answers, MemberScorer } from "./member-scorer.ts";

type Soup = {
  /** Members whose weights are averaged. */
  readonly members: readonly number[];
  readonly network: Base;
  readonly answers: Answers;
  readonly figures: Figures;
};

/** What soups are made of: the members of an ensemble, whose runs are finished. */
export type SoupPlan = {
  readonly folder: string;
  readonly members: readonly EnsembleMember[];
  /** Of each member. */
  readonly answers: readonly Answers[];
  readonly scorer: MemberScorer;
  /** The logits that others are compared with; undefined without photos for validation. */
  readonly best: Answers | undefined;
};

/** @returns null if the members do not start from the same weights */
export async function makeSoups(plan: SoupPlan): Promise<EnsembleOutcome["soups"]> {
  const { folder, members, scorer, best } = plan;
  if (members.some(({ base }) => base !== members[0]?.base)) return null;
  const make = async (chosen: readonly number[]): Promise<Soup> => {
    const network = await average(plan, chosen);
    const answers = await scorer.run(network);
    return { members: chosen, network, answers, figures: scorer.measure(answers, best) };
  };
  const uniform = await make([...members.keys()]);
  const greedy = best && (await make(await choose(plan)));
  const isGreedy =
    greedy !== undefined &&
    isBetter(
      scorer.score(greedy.answers.validation) as Score,
      scorer.score(uniform.answers.validation) as Score,
    );
  await writeSoup(folder, isGreedy ? greedy : uniform, members, scorer);
  const describe = ({ figures, members: chosen }: Soup) => ({ ...figures, members: [...chosen] });
  return {
    uniform: describe(uniform),
    greedy: greedy ? describe(greedy) : null,
    kept: isGreedy ? "greedy" : "uniform",
  };
}

/** The greedy soup, by the photos for validation. */
async function choose(plan: SoupPlan): Promise<readonly number[]> {
  const { answers, scorer } = plan;
  const scores = answers.map(({ validation }) => scorer.score(validation) as Score);
  const ranked = [...scores.keys()].sort((a, b) => {
    const [first, second] = [scores[a] as Score, scores[b] as Score];
    if (isBetter(first, second)) return -1;
    return isBetter(second, first) ? 1 : a - b;
  });
  const score = async (chosen: readonly number[]) => {
    const [only] = chosen;
    if (chosen.length === 1) return scores[only as number] as Score;
    const network = await average(plan, chosen);
    return scorer.score(await scorer.runOn(network, "validation")) as Score;
  };
  // As in the source, the loss does not decide: few photos can tell less than a step of accuracy.
  return chooseGreedily(ranked, score, (own, other) => own.accuracy >= other.accuracy);
}

async function average({ folder, members }: SoupPlan, chosen: readonly number[]): Promise<Base> {
  const paths = chosen.map((m) => join(folder, (members[m] as EnsembleMember).folder));
  const first = await readBase(paths[0] as string);
  return { ...first, graph: await averageWeights(readGraphs(paths)) };
}

async function* readGraphs(paths: readonly string[]): AsyncGenerator<Graph> {
  for (const path of paths) yield (await readBase(path)).graph;
}

async function writeSoup(
  folder: string,
  { network, answers, members: chosen, figures: { test } }: Soup,
  members: readonly EnsembleMember[],
  scorer: MemberScorer,
): Promise<void> {
  const path = join(folder, SOUP);
  const { labels, source, training } = network.model.manifest;
  const seeds = chosen.map((m) => members[m]?.seed).join(", ");
  const validation = scorer.of("validation");
  const written = await writeTrainedModel(path, network, {
    graph: network.graph,
    labels,
    origin: {
      method: "soup",
      photos: {
        train: scorer.of("train").length,
        validation: validation.length,
        test: scorer.of("test").length,
      },
      classes: scorer.photos.classes.length,
      settings: { ...training?.settings, seed: seeds, networks: chosen.length },
    },
    validation:
      validation.length > 0
        ? evaluatePhotos(scorer.photos.classes, answers.validation, validation)
        : undefined,
    test: test
      ? { images: test.photos, top1: Number(((100 * test.right) / test.photos).toFixed(2)) }
      : undefined,
  });
  const base = training && { base: training.base, fromInt8: training.fromInt8 };
  await writeModelFolder(path, {
    ...written,
    ...(written.training ? { training: { ...written.training, ...base } } : {}),
    id: `${toId(basename(resolve(folder)))}-${SOUP}`,
    source: `The mean of the weights of ${chosen.length} networks, which differ by their seeds (${seeds}). Each: ${source}`,
  });
}
