/** Which models that are compared cannot give an answer. */
import type { NamedClass } from "./api/labels.ts";
import { modelName } from "./api/published-models.ts";
import type { Outcome } from "./use-classification.ts";

/** Gives the architectures of the models in other columns that do not know a class. */
export type WhoLacks = (outcome: Outcome, classId: string) => readonly string[];

/**
 * @param classes - of the models by `id@version`, as far as they are known. A model whose classes are not known
 * lacks none, and neither does one that has no class in common: then everything would be marked.
 */
export function createWhoLacks(
  outcomes: readonly Outcome[],
  classes: ReadonlyMap<string, readonly NamedClass[]>,
): WhoLacks {
  const models = outcomes.flatMap(({ classified }) => classified.votes.map(({ model }) => model));
  const ids = new Map(
    Array.from(classes, ([name, known]) => [name, new Set(known.map(({ id }) => id))] as const),
  );
  const haveCommon = (a: string, b: string) =>
    [...(ids.get(a) ?? [])].some((id) => ids.get(b)?.has(id));
  return ({ classified }, classId) => {
    const own = classified.votes.map(({ model }) => modelName(model));
    const lacking = models.filter((model) => {
      const name = modelName(model);
      return (
        !own.includes(name) &&
        ids.get(name)?.has(classId) === false &&
        own.some((other) => haveCommon(other, name))
      );
    });
    return [...new Set(lacking.map(({ architecture }) => architecture))];
  };
}
