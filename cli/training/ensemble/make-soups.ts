/** Averages the weights of an ensemble's members, and writes the better soup as a model folder. */
import { basename, join, resolve } from "node:path";
import type { Graph } from "../../../src/graphs/graph.ts";
import { averageWeights, chooseGreedily } from "../../../src/training/soup.ts";
import { writeModelFolder } from "../../models/model-folder.ts";
import { type Base, readBase } from "../run/open-run.ts";
import type { Score } from "../run/run-folder.ts";
import { evaluate } from "../run/run-training.ts";
import { toId, writeTrainedModel } from "../run/write-trained-model.ts";
import { type Answers, isAtLeastAsGood, type Jury } from "./answer-photos.ts";
import {
  type EnsembleMember,
  type EnsembleOutcome,
  type Figures,
  SOUP,
} from "./ensemble-folder.ts";

type Soup = {
  /** Members whose weights are averaged. */
  readonly members: readonly number[];
  readonly network: Base;
  readonly answers: Answers;
  readonly figures: Figures;
};

/** The members of an ensemble, whose runs are finished. */
export type Cooking = {
  readonly folder: string;
  readonly members: readonly EnsembleMember[];
  /** Of each member. */
  readonly answers: readonly Answers[];
  readonly jury: Jury;
  /** The answers that others are compared with; undefined without photos for validation. */
  readonly best: Answers | undefined;
};

/** @returns null if the members do not start from the same weights */
export async function makeSoups(cooking: Cooking): Promise<EnsembleOutcome["soups"]> {
  const { folder, members, jury, best } = cooking;
  if (members.some(({ base }) => base !== members[0]?.base)) return null;
  const taste = async (chosen: readonly number[]): Promise<Soup> => {
    const network = await average(cooking, chosen);
    const answers = await jury.ask(network);
    return { members: chosen, network, answers, figures: jury.measure(answers, best) };
  };
  const uniform = await taste([...members.keys()]);
  const greedy = best && (await taste(await choose(cooking)));
  const isGreedy =
    greedy !== undefined &&
    !isAtLeastAsGood(
      jury.score(uniform.answers.validation) as Score,
      jury.score(greedy.answers.validation) as Score,
    );
  await writeSoup(folder, isGreedy ? greedy : uniform, members, jury);
  const describe = ({ figures, members: chosen }: Soup) => ({ ...figures, members: [...chosen] });
  return {
    uniform: describe(uniform),
    greedy: greedy ? describe(greedy) : null,
    kept: isGreedy ? "greedy" : "uniform",
  };
}

/** The greedy soup, by the photos for validation. */
async function choose(cooking: Cooking): Promise<readonly number[]> {
  const { answers, jury } = cooking;
  const scores = answers.map(({ validation }) => jury.score(validation) as Score);
  const ranked = [...scores.keys()].sort((a, b) => {
    const [first, second] = [scores[a] as Score, scores[b] as Score];
    if (!isAtLeastAsGood(second, first)) return -1;
    return isAtLeastAsGood(first, second) ? a - b : 1;
  });
  const judge = async (chosen: readonly number[]) => {
    const [only] = chosen;
    if (chosen.length === 1) return scores[only as number] as Score;
    const network = await average(cooking, chosen);
    return jury.score(await jury.askAbout(network, "validation")) as Score;
  };
  // As in the source, the loss does not decide: few photos can tell less than a step of accuracy.
  return chooseGreedily(ranked, judge, (score, other) => score.accuracy >= other.accuracy);
}

async function average({ folder, members }: Cooking, chosen: readonly number[]): Promise<Base> {
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
  jury: Jury,
): Promise<void> {
  const path = join(folder, SOUP);
  const { labels, source, training } = network.model.manifest;
  const seeds = chosen.map((m) => members[m]?.seed).join(", ");
  const validation = jury.of("validation");
  const written = await writeTrainedModel(path, network, {
    graph: network.graph,
    labels,
    origin: {
      method: "soup",
      photos: {
        train: jury.of("train").length,
        validation: validation.length,
        test: jury.of("test").length,
      },
      classes: jury.photos.classes.length,
      settings: { ...training?.settings, seed: seeds, networks: chosen.length },
    },
    validation:
      validation.length > 0 ? evaluate(jury.photos, answers.validation, validation) : undefined,
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
