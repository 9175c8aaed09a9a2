/** `aliases.json` in R2: the names under which callers ask for models, and how they came to mean what they do. */
import * as z from "zod";
import { modelIdSchema, modelVersionName, modelVersionSchema } from "./manifest.ts";

const targetSchema = z.strictObject({ model: modelIdSchema, version: modelVersionSchema });

const MAX_ARMS = 8;
/** Older changes are forgotten; a few hundred bytes each. */
export const MAX_HISTORY = 100;

const armSchema = z.strictObject({
  ...targetSchema.shape,
  weight: z.number().positive().describe("Share of the requests, relative to the other arms"),
});

const meaningSchema = z.union([targetSchema, z.array(armSchema).min(1).max(MAX_ARMS)]);

const shareSchema = z.number().min(0).max(1);

const shadowSchema = z.strictObject({
  ...targetSchema.shape,
  share: shareSchema.positive().describe("Share of the requests after which it runs too"),
  maxDisagreement: shareSchema
    .optional()
    .describe("Share of images with another first class from which on it is to be demoted"),
  maxErrorRate: shareSchema
    .optional()
    .describe("Share of runs that fail from which on it is to be demoted"),
});

/** What an operator can do to a name. */
export const CHANGE_ACTIONS = [
  "promote",
  "split",
  "rollback",
  "demote",
  "shadow",
  "unshadow",
  "remove",
] as const;

const changeSchema = z.strictObject({
  at: z.iso.datetime(),
  by: z.string().max(100).describe("Who did it, as they call themselves"),
  action: z.enum(CHANGE_ACTIONS),
  name: modelIdSchema
    .optional()
    .describe("The name that was changed; none where a version was removed"),
  before: meaningSchema.optional().describe("What the name meant; absent where it was new"),
  after: meaningSchema.optional(),
  version: targetSchema.optional().describe("The version that was removed, or runs as a shadow"),
  note: z.string().max(500).optional(),
});

/** Schema of `aliases.json`, version 1: a name means one version, or several that share its requests. */
export const aliasesSchema = z.strictObject({
  schemaVersion: z.literal(1),
  aliases: z.record(modelIdSchema, meaningSchema),
  shadows: z
    .record(modelIdSchema, shadowSchema)
    .optional()
    .describe("Versions that run after a name's answer, to be compared with it"),
  history: z.array(changeSchema).max(MAX_HISTORY).optional().describe("Latest last"),
});

/** One published version of a model. */
export type ModelTarget = z.infer<typeof targetSchema>;

/** A version, and its weight among those that a name means. */
export type ModelArm = z.infer<typeof armSchema>;

/** What a name means: a version, or several. */
export type AliasMeaning = z.infer<typeof meaningSchema>;

/** A version that runs beside a name's. */
export type Shadow = z.infer<typeof shadowSchema>;

/** One entry of the history. */
export type AliasChange = z.infer<typeof changeSchema>;

/** A validated `aliases.json`. */
export type Aliases = z.infer<typeof aliasesSchema>;

/** R2 key of the alias table. */
export const ALIASES_KEY = "aliases.json";

/** Alias that answers where the caller names no model. */
export const DEFAULT_ALIAS = "default";

/** `id@version` of a target. */
export function targetName({ model, version }: ModelTarget): string {
  return modelVersionName({ id: model, version });
}

/**
 * Reads `id@version`.
 *
 * @returns undefined where the text is none
 */
export function parseTarget(text: string): ModelTarget | undefined {
  const at = text.indexOf("@");
  if (at < 0) return undefined;
  return targetSchema.safeParse({ model: text.slice(0, at), version: text.slice(at + 1) }).data;
}

/**
 * Finds the versions that a name means: an alias's, or the one of `id@version`.
 *
 * @returns undefined where the name is neither
 */
export function resolveModelName(aliases: Aliases, name: string): readonly ModelArm[] | undefined {
  const arms = armsOf(meaningOf(aliases, name));
  if (arms) return arms;
  const target = parseTarget(name);
  return target && [{ ...target, weight: 1 }];
}

/** What an alias means; undefined where there is none of that name. */
export function meaningOf({ aliases }: Aliases, name: string): AliasMeaning | undefined {
  // hasOwn: "constructor" is a valid alias name that every object would otherwise answer to.
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}

/** The arms of a meaning: of a single version one. */
export function armsOf(meaning: AliasMeaning): readonly ModelArm[];
export function armsOf(meaning: AliasMeaning | undefined): readonly ModelArm[] | undefined;
export function armsOf(meaning: AliasMeaning | undefined): readonly ModelArm[] | undefined {
  if (meaning === undefined || Array.isArray(meaning)) return meaning;
  return [{ ...meaning, weight: 1 }];
}

/** The version that runs after a name's answers; undefined where there is none. */
export function shadowOf({ shadows = {} }: Aliases, name: string): Shadow | undefined {
  return Object.hasOwn(shadows, name) ? shadows[name] : undefined;
}

/** A name, and the share of its requests that falls to a version. */
export type AliasShare = { readonly alias: string; readonly share: number };

/** The names that mean a version, alone or among others, with its share of their requests, sorted. */
export function sharesOf(aliases: Aliases, target: ModelTarget): AliasShare[] {
  return Object.entries(aliases.aliases)
    .flatMap(([alias, meaning]) => {
      const arms = armsOf(meaning);
      const total = arms.reduce((sum, { weight }) => sum + weight, 0);
      const own = arms
        .filter((arm) => sameTarget(arm, target))
        .reduce((sum, { weight }) => sum + weight, 0);
      return own > 0 ? [{ alias, share: own / total }] : [];
    })
    .sort((a, b) => (a.alias < b.alias ? -1 : 1));
}

/** The names after whose answers a version runs, with the share of requests, sorted. */
export function shadowSharesOf({ shadows = {} }: Aliases, target: ModelTarget): AliasShare[] {
  return Object.entries(shadows)
    .filter(([, shadow]) => sameTarget(shadow, target))
    .map(([alias, { share }]) => ({ alias, share }))
    .sort((a, b) => (a.alias < b.alias ? -1 : 1));
}

/**
 * The versions that a name meant before, latest first, without those that it means now or that were
 * removed: what can answer where it cannot.
 */
export function previousTargets(aliases: Aliases, name: string): ModelTarget[] {
  const { history = [] } = aliases;
  const passedOver = new Set([
    ...(armsOf(meaningOf(aliases, name)) ?? []).map(targetName),
    ...history.flatMap(({ action, version }) =>
      action === "remove" && version ? [targetName(version)] : [],
    ),
  ]);
  const targets = new Map<string, ModelTarget>();
  for (const change of history.toReversed()) {
    if (change.name !== name) continue;
    // Of a split the heaviest first.
    const arms = (armsOf(change.before) ?? []).toSorted((a, b) => b.weight - a.weight);
    for (const { model, version } of arms) {
      const key = targetName({ model, version });
      if (!passedOver.has(key)) targets.set(key, { model, version });
      passedOver.add(key);
    }
  }
  return [...targets.values()];
}

/** Whether two name the same version. */
export function sameTarget(a: ModelTarget, b: ModelTarget): boolean {
  return a.model === b.model && a.version === b.version;
}
