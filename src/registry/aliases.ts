/** `aliases.json` in R2: the names under which callers ask for models. */
import * as z from "zod";
import { modelIdSchema, modelVersionSchema } from "./manifest.ts";

const targetSchema = z.strictObject({ model: modelIdSchema, version: modelVersionSchema });

const MAX_ARMS = 8;

const armSchema = z.strictObject({
  ...targetSchema.shape,
  weight: z.number().positive().describe("Share of the requests, relative to the other arms"),
});

/** Schema of `aliases.json`, version 1: a name means one version, or several that share its requests. */
export const aliasesSchema = z.strictObject({
  schemaVersion: z.literal(1),
  aliases: z.record(
    modelIdSchema,
    z.union([targetSchema, z.array(armSchema).min(1).max(MAX_ARMS)]),
  ),
});

/** One published version of a model. */
export type ModelTarget = z.infer<typeof targetSchema>;

/** A version, and its weight among those that a name means. */
export type ModelArm = z.infer<typeof armSchema>;

/** A validated `aliases.json`. */
export type Aliases = z.infer<typeof aliasesSchema>;

/** R2 key of the alias table. */
export const ALIASES_KEY = "aliases.json";

/** Alias that answers where the caller names no model. */
export const DEFAULT_ALIAS = "default";

/**
 * Finds the versions that a name means: an alias's, or the one of `id@version`.
 *
 * @returns undefined where the name is neither
 */
export function resolveModelName(aliases: Aliases, name: string): readonly ModelArm[] | undefined {
  const arms = armsOf(aliases, name);
  if (arms) return arms;
  const at = name.indexOf("@");
  if (at < 0) return undefined;
  const parsed = targetSchema.safeParse({ model: name.slice(0, at), version: name.slice(at + 1) });
  return parsed.success ? [{ ...parsed.data, weight: 1 }] : undefined;
}

function armsOf({ aliases }: Aliases, name: string): readonly ModelArm[] | undefined {
  // hasOwn: "constructor" is a valid alias name that every object would otherwise answer to.
  const value = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  if (value === undefined || Array.isArray(value)) return value;
  return [{ ...value, weight: 1 }];
}

/** The names that mean one version, alone or among others, sorted. */
export function aliasesOf(aliases: Aliases, target: ModelTarget): string[] {
  return Object.keys(aliases.aliases)
    .filter((name) =>
      armsOf(aliases, name)?.some(
        ({ model, version }) => model === target.model && version === target.version,
      ),
    )
    .sort();
}
