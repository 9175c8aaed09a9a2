/** Hill climbing from the starts of every maker, with random restarts, until the time is over. */
import type { Measured } from "./measure-request.ts";
import type { Recipe } from "./recipe.ts";
import { drawRecipe, listCombinations, pick, type Random, varyRecipe } from "./vary.ts";

/** A recipe and what it cost. */
export type Find = { readonly recipe: Recipe; readonly measured: Measured };

export type SearchOptions = {
  readonly profile: Recipe["profile"];
  /** Measured first, whatever they cost. */
  readonly starts: readonly Recipe[];
  readonly random: Random;
  /** Compared with `performance.now()`. */
  readonly endMs: number;
  /** Returns undefined if the request cannot be made. */
  measure(recipe: Recipe): Promise<Measured | undefined>;
  onFind(find: Find): void;
};

const RESTARTS = 0.15;
/** How many of the worst images are also sent in other requests. */
const COMBINED = 3;
/** How many of the best finds, each by other makers, are varied. */
const PARENTS = 8;

/** @returns everything that was measured */
export async function search(options: SearchOptions): Promise<Find[]> {
  const { profile, starts, random, endMs, measure, onFind } = options;
  const finds: Find[] = [];
  const tried = new Set<string>();
  const add = async (recipe: Recipe) => {
    const key = JSON.stringify(recipe);
    if (tried.has(key)) return;
    tried.add(key);
    const measured = await measure(recipe);
    if (!measured) return;
    const find = { recipe, measured };
    finds.push(find);
    onFind(find);
  };
  for (const recipe of starts) {
    if (performance.now() > endMs) {
      console.error("The time was over before every start had been measured. Give more --seconds.");
      return finds;
    }
    await add(recipe);
  }
  const withImages = finds.filter(({ recipe }) => recipe.image !== undefined);
  for (const { recipe } of bestOfEachKind(withImages, cpuMs).slice(0, COMBINED)) {
    for (const combination of listCombinations(recipe)) {
      if (performance.now() < endMs) await add(combination);
    }
  }
  while (performance.now() < endMs) {
    // By CPU time and by CPU time per byte in turn.
    const score = tried.size % 2 === 0 ? cpuMs : cpuMsPerKB;
    const parents = bestOfEachKind(finds, score).slice(0, PARENTS);
    const parent = pick(parents, random);
    const restart = parent === undefined || random() < RESTARTS;
    await add(restart ? drawRecipe(profile, random) : varyRecipe(parent.recipe, random));
  }
  return finds;
}

/** The score of a find. */
export type Score = (find: Find) => number;

export const cpuMs: Score = ({ measured }) => measured.cpuMs;

export const cpuMsPerKB: Score = ({ measured }) =>
  measured.cpuMs / Math.max(0.001, measured.bytesSent / 1000);

/** The best find of each combination of makers that was not refused, best first. */
export function bestOfEachKind(finds: readonly Find[], score: Score): Find[] {
  const accepted = finds.filter(({ measured }) => measured.outcome !== "refused");
  const seen = new Set<string>();
  return accepted
    .toSorted((a, b) => score(b) - score(a))
    .filter(({ recipe: { request, image } }) => {
      const kind = `${request.maker} ${image?.maker}`;
      if (seen.has(kind)) return false;
      seen.add(kind);
      return true;
    });
}
