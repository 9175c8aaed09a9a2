import type { ModelManifest } from "../../src/models/manifest.ts";
import { ModelBucket, UnusableObjectError } from "../../src/registry/model-bucket.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { toReadableBucket } from "../buckets/readable-bucket.ts";

/**
 * Checks the label map that a manifest names. Without it the model answers, but under other names.
 *
 * @returns what is wrong with the map; undefined if it can be read, or if the manifest names none
 */
export async function noteLabelMap(
  store: ModelStore,
  { labels }: ModelManifest,
): Promise<string | undefined> {
  if (labels.map === undefined) return undefined;
  try {
    await new ModelBucket(toReadableBucket(store)).readLabelMap(labels.map);
    return undefined;
  } catch (error) {
    if (!(error instanceof UnusableObjectError)) throw error;
    const problem = error.missing ? `is not in ${store.name}` : `is not valid: ${error.reason}`;
    return `The label map ${error.key} ${problem}. Until it is there, classes keep their own names.`;
  }
}
