import { findDisagreement } from "../../src/labels/compare-classes.ts";
import { labelClasses } from "../../src/labels/label-classes.ts";
import { type VersionRef, versionName } from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";
import { readLabelSources } from "../platform/label-sources.ts";
import { readPublishedManifest } from "./published-versions.ts";

/**
 * Checks that versions can be compared: their answers are compared by class id.
 *
 * @throws CliError CLASSES_MISMATCH naming the first two whose classes do not agree; VERSION_MISSING,
 *   VERSION_UNUSABLE
 */
export async function requireAgreeing(
  store: ModelStore,
  [first, ...others]: readonly VersionRef[],
): Promise<void> {
  if (!first) return;
  const sources = await readLabelSources();
  const labelsOf = async (ref: VersionRef) =>
    labelClasses((await readPublishedManifest(store, ref)).labels, sources);
  const labels = await labelsOf(first);
  for (const other of others) {
    const reason = findDisagreement(labels, await labelsOf(other));
    if (reason === undefined) continue;
    throw new CliError("CLASSES_MISMATCH", {
      what: `${versionName(first)} and ${versionName(other)} cannot be compared.`,
      why: `Their classes do not agree: ${reason}.`,
      fix: "Give versions with the same classes.",
    });
  }
}
