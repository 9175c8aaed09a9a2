/** `aliases.json` in R2: the names under which callers ask for models. */
import * as z from "zod";
import { modelIdSchema, modelVersionSchema } from "./manifest.ts";

const targetSchema = z.strictObject({ model: modelIdSchema, version: modelVersionSchema });

/** Schema of `aliases.json`, version 1. */
export const aliasesSchema = z.strictObject({
  schemaVersion: z.literal(1),
  aliases: z.record(modelIdSchema, targetSchema),
});

/** One published version of a model. */
export type ModelTarget = z.infer<typeof targetSchema>;

/** A validated `aliases.json`. */
export type Aliases = z.infer<typeof aliasesSchema>;

/** R2 key of the alias table. */
export const ALIASES_KEY = "aliases.json";

/** Alias that answers where the caller names no model. */
export const DEFAULT_ALIAS = "default";

/**
 * Finds the version that a name means: an alias, or `id@version`.
 *
 * @returns undefined where the name is neither
 */
export function resolveModelName(aliases: Aliases, name: string): ModelTarget | undefined {
  // hasOwn: "constructor" is a valid alias name that every object would otherwise answer to.
  if (Object.hasOwn(aliases.aliases, name)) return aliases.aliases[name];
  const at = name.indexOf("@");
  if (at < 0) return undefined;
  const parsed = targetSchema.safeParse({ model: name.slice(0, at), version: name.slice(at + 1) });
  return parsed.success ? parsed.data : undefined;
}

/** The names that point at one version, sorted. */
export function aliasesOf(aliases: Aliases, target: ModelTarget): string[] {
  return Object.entries(aliases.aliases)
    .filter(([, { model, version }]) => model === target.model && version === target.version)
    .map(([name]) => name)
    .sort();
}
