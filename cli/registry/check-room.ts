import { ENGINES, type EngineName } from "../../src/inference/engines/engine.ts";
import { chooseEngine } from "../../src/models/choose-engine.ts";
import { estimateHeap, type MemoryLimits } from "../../src/models/memory-budget.ts";
import { type VersionRef, versionName } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { readPublishedManifest } from "./published-versions.ts";

/**
 * Checks whether a Worker can keep versions in memory together, each in the engine that "auto" takes for it.
 *
 * @returns a note for the user if it cannot
 */
export async function noteIfTooLarge(
  store: ModelStore,
  refs: readonly VersionRef[],
): Promise<string | undefined> {
  const manifests = await Promise.all(refs.map((ref) => readPublishedManifest(store, ref)));
  const sizes = new Map<EngineName, number[]>();
  for (const manifest of manifests) {
    const engine = chooseEngine("auto", manifest, () => true);
    const bytes = manifest.files[ENGINES[engine].file]?.bytes ?? 0;
    sizes.set(engine, [...(sizes.get(engine) ?? []), bytes]);
  }
  if (fits(sizes, store.memoryLimits)) return undefined;
  const names = refs.map(versionName).join(" and ");
  return `Note: with its memory limits, a Worker cannot keep ${names} in memory together. As arms of a split they are loaded again and again; as a shadow, a version does not run. See docs/registry.md#memory.`;
}

/** Each engine has its own limit on files; together, the heaps must leave as much room for photos as one does. */
function fits(sizes: ReadonlyMap<EngineName, readonly number[]>, limits: MemoryLimits): boolean {
  let heaps = 0;
  for (const [engine, bytes] of sizes) {
    const sorted = bytes.toSorted((a, b) => a - b);
    if (sorted.reduce((sum, size) => sum + size, 0) > limits.modelBytes) return false;
    const largest = sorted.pop() ?? 0;
    heaps += estimateHeap(largest, { heldBytes: sorted, heapBytes: 0 }, ENGINES[engine]);
  }
  return heaps <= limits.heapBytes;
}
