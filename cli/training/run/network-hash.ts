/** Hashes by which a run notices that a network that it reads has changed. */
import type { ModelManifest } from "../../../src/models/manifest.ts";
import { preprocessText } from "../../../src/models/preprocess-of.ts";
import { sha256 } from "../../files/sha256.ts";

/** SHA-256 of a network, and of what its manifest says about its input: other pixels give other weights. */
export function hashBase(manifest: ModelManifest): string {
  const { files, outputs } = manifest;
  return hash([files.model.sha256, preprocessText(manifest), outputs.logits]);
}

/**
 * SHA-256 of the networks of a teacher, of their input and of their labels, which decide the order of the soft targets.
 *
 * @param weights - of each network
 */
export function hashTeacher(
  manifests: readonly ModelManifest[],
  weights: readonly number[],
): string {
  return hash(manifests.map((one, i) => [hashBase(one), one.labels, weights[i]]));
}

function hash(value: unknown): string {
  return sha256(new TextEncoder().encode(JSON.stringify(value)));
}
