/** `purges.json` in R2: how often the cached results of each version have been purged. */
import * as z from "zod";

/** R2 key of the purge counts. */
export const PURGES_KEY = "purges.json";

/** Schema of `purges.json`: counts by `id@version`. */
export const purgesSchema = z.record(z.string(), z.int().min(0));

export type Purges = z.infer<typeof purgesSchema>;

/**
 * Returns how often the cached results of a version have been purged.
 *
 * @param version - `id@version`
 */
export function purgeCount(purges: Purges, version: string): number {
  return Object.hasOwn(purges, version) ? (purges[version] ?? 0) : 0;
}
