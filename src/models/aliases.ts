/** `aliases.json` in R2: the aliases, their shadows, and the history of their changes. */
import * as z from "zod";
import {
  isSameVersion,
  modelIdSchema,
  modelVersionSchema,
  parseVersionName,
  type VersionRef,
  versionName,
  versionRefSchema,
} from "./version-ref.ts";

const MAX_ARMS = 8;
/** Older changes are dropped. Each takes a few hundred bytes. */
export const MAX_HISTORY = 100;

const shareSchema = z.number().min(0).max(1);
const weightSchema = z
  .number()
  .positive()
  .describe("Share of the requests, relative to the other arms");

// The file calls an id "model".
const storedRef = { model: modelIdSchema, version: modelVersionSchema };
type StoredRef = { model: string; version: string };
const fromStored = ({ model, version }: StoredRef) => ({ id: model, version });
const toStored = ({ id, version }: VersionRef): StoredRef => ({ model: id, version });

const refSchema = z.codec(z.strictObject(storedRef), versionRefSchema, {
  decode: fromStored,
  encode: toStored,
});

/** A single version is stored without a weight, several versions as a list with weights. */
const armsSchema = z.codec(
  z.union([
    z.strictObject(storedRef),
    z
      .array(z.strictObject({ ...storedRef, weight: weightSchema }))
      .min(1)
      .max(MAX_ARMS),
  ]),
  z.array(z.strictObject({ ...versionRefSchema.shape, weight: weightSchema })).max(MAX_ARMS),
  {
    decode: (stored) =>
      Array.isArray(stored)
        ? stored.map(({ weight, ...ref }) => ({ ...fromStored(ref), weight }))
        : [{ ...fromStored(stored), weight: 1 }],
    encode: (arms) => {
      const [only, ...others] = arms;
      return only && others.length === 0
        ? toStored(only)
        : arms.map((arm) => ({ ...toStored(arm), weight: arm.weight }));
    },
  },
);

const shadowRules = {
  share: shareSchema.positive().describe("Share of the requests after which it also runs"),
  maxDisagreement: shareSchema
    .optional()
    .describe("Demote it if the first class differs for a larger share of images"),
  maxErrorRate: shareSchema.optional().describe("Demote it if a larger share of its runs fails"),
};

const shadowSchema = z.codec(
  z.strictObject({ ...storedRef, ...shadowRules }),
  z.strictObject({ ...versionRefSchema.shape, ...shadowRules }),
  {
    decode: ({ model, ...rest }) => ({ id: model, ...rest }),
    encode: ({ id, ...rest }) => ({ model: id, ...rest }),
  },
);

/** The changes that an operator can make to an alias. */
const CHANGE_ACTIONS = [
  "promote",
  "split",
  "rollback",
  "demote",
  "shadow",
  "unshadow",
  "unalias",
  "remove",
] as const;

const changeSchema = z.strictObject({
  at: z.iso.datetime(),
  by: z.string().max(100).describe("Who made the change, in their own words"),
  action: z.enum(CHANGE_ACTIONS),
  name: modelIdSchema.optional().describe("The alias; absent if a version was removed"),
  before: armsSchema.optional().describe("The arms before; absent if the alias is new"),
  after: armsSchema.optional().describe("The arms after; absent if the alias was deleted"),
  version: refSchema.optional().describe("The version that was removed, or that runs as a shadow"),
  note: z.string().max(500).optional(),
});

/** Schema of `aliases.json`, version 1. Parsing decodes the stored form; `z.encode` makes it. */
export const aliasesSchema = z.strictObject({
  schemaVersion: z.literal(1),
  aliases: z.record(modelIdSchema, armsSchema),
  shadows: z
    .record(modelIdSchema, shadowSchema)
    .optional()
    .describe("Versions that run after the answers of an alias, for comparison"),
  history: z.array(changeSchema).max(MAX_HISTORY).optional().describe("Latest last"),
});

/** One of the versions that an alias stands for, with its weight among them. */
export type Arm = VersionRef & { readonly weight: number };

/** A version that runs after the answers of an alias, for comparison. */
export type Shadow = z.infer<typeof shadowSchema>;

/** An entry of the history. */
export type AliasChange = z.infer<typeof changeSchema>;

/** The stored form of `aliases.json`. */
export type StoredAliases = z.input<typeof aliasesSchema>;

/** The decoded form of `aliases.json`. */
export type Aliases = z.infer<typeof aliasesSchema>;

/** R2 key of the aliases. */
export const ALIASES_KEY = "aliases.json";

/** The alias that answers if a caller names no model. */
export const DEFAULT_ALIAS = "default";

/**
 * Finds the versions that a name stands for: the arms of an alias, or the version of `id@version`.
 *
 * @returns undefined if the name is neither
 */
export function resolveName(aliases: Aliases, name: string): readonly Arm[] | undefined {
  const arms = armsOf(aliases, name);
  if (arms) return arms;
  const ref = parseVersionName(name);
  return ref && [{ ...ref, weight: 1 }];
}

/** Returns the arms of an alias; undefined if there is no such alias. */
export function armsOf({ aliases }: Aliases, alias: string): readonly Arm[] | undefined {
  // hasOwn, because "constructor" is a valid alias.
  return Object.hasOwn(aliases, alias) ? aliases[alias] : undefined;
}

/** Returns the shadow of an alias; undefined if there is none. */
export function shadowOf({ shadows = {} }: Aliases, alias: string): Shadow | undefined {
  return Object.hasOwn(shadows, alias) ? shadows[alias] : undefined;
}

/** An alias, and a share of its requests. */
export type AliasShare = { readonly alias: string; readonly share: number };

/** Returns the aliases that stand for a version, with its share of their requests, sorted by name. */
export function sharesOf(aliases: Aliases, ref: VersionRef): AliasShare[] {
  return Object.entries(aliases.aliases)
    .flatMap(([alias, arms]) => {
      const own = arms.filter((arm) => isSameVersion(arm, ref));
      return own.length > 0
        ? [{ alias, share: sumWeights(own, arms) / sumWeights(arms, arms) }]
        : [];
    })
    .sort(byAlias);
}

/** Returns the aliases that a version is the shadow of, with the share of requests, sorted by name. */
export function shadowSharesOf({ shadows = {} }: Aliases, ref: VersionRef): AliasShare[] {
  return Object.entries(shadows)
    .filter(([, shadow]) => isSameVersion(shadow, ref))
    .map(([alias, { share }]) => ({ alias, share }))
    .sort(byAlias);
}

/**
 * Returns the versions that an alias stood for earlier, latest first, without its current arms and without
 * removed versions. They can answer if the current arms cannot.
 */
export function previousVersions(aliases: Aliases, alias: string): VersionRef[] {
  const { history = [] } = aliases;
  const skipped = new Set([
    ...(armsOf(aliases, alias) ?? []).map(versionName),
    ...history.flatMap(({ action, version }) =>
      action === "remove" && version ? [versionName(version)] : [],
    ),
  ]);
  const refs: VersionRef[] = [];
  for (const { name, before = [] } of history.toReversed()) {
    if (name !== alias) continue;
    // The arms of a split in order of weight, heaviest first.
    for (const { id, version } of before.toSorted((a, b) => b.weight - a.weight)) {
      const key = versionName({ id, version });
      if (!skipped.has(key)) refs.push({ id, version });
      skipped.add(key);
    }
  }
  return refs;
}

/** Sums weights in relation to the heaviest of `all`, because a sum of large ones would be infinite. */
function sumWeights(arms: readonly Arm[], all: readonly Arm[]): number {
  const heaviest = Math.max(...all.map(({ weight }) => weight));
  return arms.reduce((sum, { weight }) => sum + weight / heaviest, 0);
}

function byAlias(a: AliasShare, b: AliasShare): number {
  return a.alias < b.alias ? -1 : 1;
}
