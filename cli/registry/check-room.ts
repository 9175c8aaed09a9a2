import { explainShortage } from "../../src/models/memory-budget.ts";
import { type VersionRef, versionName } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { readPublishedManifest } from "./published-versions.ts";

/**
 * Checks whether a Worker can keep versions in memory together.
 *
 * @returns a note for the user if it cannot
 */
export async function noteIfTooLarge(
  store: ModelStore,
  refs: readonly VersionRef[],
): Promise<string | undefined> {
  const manifests = await Promise.all(refs.map((ref) => readPublishedManifest(store, ref)));
  const sizes = manifests.map(({ files }) => files.model.bytes).sort((a, b) => a - b);
  const largest = sizes.pop() ?? 0;
  const use = { heldBytes: sizes, heapBytes: 0 };
  if (!explainShortage("", largest, use, store.memoryLimits)) return undefined;
  const names = refs.map(versionName).join(" and ");
  return `Note: with its memory limits, a Worker cannot keep ${names} in memory together. As arms of a split they are loaded again and again; as a shadow, a version does not run. See docs/registry.md#memory.`;
}
