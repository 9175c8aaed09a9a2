/** Which models answer. */
import type { Framing, Question } from "./api/classify-photo.ts";
import { DEFAULT_MODEL, type PublishedModel } from "./api/published-models.ts";

/** The settings of the page. */
export type Choice = {
  /** {@link DEFAULT_MODEL}, or `id@version`. */
  readonly model: string;
  /** The model to compare with; empty for none. */
  readonly other: string;
  readonly sendOriginal: boolean;
  readonly framing: Framing;
};

/** Until something is chosen. */
export const DEFAULT_CHOICE: Choice = {
  model: DEFAULT_MODEL,
  other: "",
  sendOriginal: false,
  framing: "CROP",
};

/** As many predictions as the slider can show. */
const MAX_TOP_K = 10;

/** What to ask: the model, or both models and their average. */
export function toQuestions(
  { model, other, framing }: Choice,
  models: readonly PublishedModel[],
): Question[] {
  const groups = other === "" ? [[model]] : [[model], [other], [model, other]];
  return groups.map((names) => ({ models: names, framing, topK: findTopK(names, models) }));
}

/** The service refuses a topK above the number of classes; an ensemble has those of all its models. */
function findTopK(names: readonly string[], models: readonly PublishedModel[]): number {
  const counts = names.map((name) =>
    Math.min(
      MAX_TOP_K,
      ...models.filter((model) => standsFor(name, model)).map(({ classes }) => classes),
    ),
  );
  return Math.max(...counts);
}

/** Whether two names may mean one version, which has no second vote. */
export function mayBeSame(a: string, b: string, models: readonly PublishedModel[]): boolean {
  return a === b || models.some((model) => standsFor(a, model) && standsFor(b, model));
}

/** Whether a choice may be answered by that model. */
export function standsFor(name: string, model: PublishedModel): boolean {
  return name === DEFAULT_MODEL ? model.isDefault : name === model.name;
}
