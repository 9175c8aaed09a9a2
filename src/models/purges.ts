/** `purges.json` in R2: how often the remembered results of each model version have been purged. */
import * as z from "zod";

/** R2 key of the counts. */
export const PURGES_KEY = "purges.json";

/** Schema of `purges.json`: counts by `id@version`. */
export const purgesSchema = z.record(z.string(), z.int().min(0));

/** Validated counts. */
export type Purges = z.infer<typeof purgesSchema>;

/** How often the results of a version have been purged. */
export function purgeCount(purges: Purges, version: string): number {
  return Object.hasOwn(purges, version) ? (purges[version] ?? 0) : 0;
}
