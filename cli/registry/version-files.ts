/** A published version's objects. */

import { createHash } from "node:crypto";
import * as z from "zod";
import { type ModelManifest, manifestSchema } from "../../src/models/manifest.ts";
import {
  isSameVersion,
  type VersionRef,
  versionFileKey,
  versionName,
} from "../../src/models/version-ref.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";
import { MANIFEST } from "../models/model-folder.ts";
import { checkModel } from "./check-model.ts";

/** What is left of a version that was removed, so that nobody publishes another under its name. */
export const TOMBSTONE = "removed.json";

/** A version as it was found. */
export type FoundVersion = {
  readonly ref: VersionRef;
  readonly published: Date;
  /** Undefined where it cannot be used; `problem` says why. */
  readonly manifest: ModelManifest | undefined;
  readonly problem: string | undefined;
};

/** Every version with a manifest, by id and version. */
export async function listVersions(store: ModelStore): Promise<FoundVersion[]> {
  const versions: FoundVersion[] = [];
  for (const { key, uploaded } of await store.list("models/")) {
    const [, id, version, file] = key.split("/");
    if (!id || !version || file !== MANIFEST) continue;
    const ref = { id, version };
    const found = await readPublishedManifest(store, ref).then(
      (manifest) => ({ manifest, problem: undefined }),
      (error: unknown) => {
        if (!(error instanceof CliError)) throw error;
        return { manifest: undefined, problem: error.why };
      },
    );
    versions.push({ ref, published: uploaded, ...found });
  }
  return versions;
}

/** @throws CliError where the version has no manifest or one that cannot be used */
export async function readPublishedManifest(
  store: ModelStore,
  ref: VersionRef,
): Promise<ModelManifest> {
  const key = versionFileKey(ref, MANIFEST);
  const object = await store.get(key);
  if (!object) throw unusable(ref, `${store.name} has no ${key}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(object.bytes));
  } catch {
    throw unusable(ref, `${key} is not JSON`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw unusable(ref, `${key}: ${z.prettifyError(parsed.error)}`);
  if (isSameVersion(parsed.data, ref)) return parsed.data;
  throw unusable(ref, `${key} describes ${versionName(parsed.data)}`);
}

/**
 * Makes sure that a version can answer: every file is there with the length and SHA-256 that its
 * manifest states, and the network runs.
 *
 * @throws CliError where it cannot
 */
export async function verifyVersion(store: ModelStore, ref: VersionRef): Promise<ModelManifest> {
  const manifest = await readPublishedManifest(store, ref);
  const { model, head } = manifest.files;
  const graph = await readVerified(store, ref, model);
  if (head) await readVerified(store, ref, head);
  await checkModel(manifest, graph);
  return manifest;
}

async function readVerified(
  store: ModelStore,
  ref: VersionRef,
  file: { readonly path: string; readonly bytes: number; readonly sha256: string },
): Promise<Uint8Array> {
  const key = versionFileKey(ref, file.path);
  const object = await store.get(key);
  if (!object) throw unusable(ref, `${store.name} has no ${key}`);
  const { bytes } = object;
  if (bytes.byteLength !== file.bytes) {
    throw unusable(ref, `${key} has ${bytes.byteLength} bytes, not ${file.bytes}`);
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 === file.sha256) return bytes;
  throw unusable(ref, `the SHA-256 of ${key} is ${sha256}, not ${file.sha256}`);
}

function unusable(ref: VersionRef, reason: string): CliError {
  return new CliError(
    `${versionName(ref)} cannot be used.`,
    `${reason}.`,
    "See what is published with resnet-edge model list, or publish the model again as a new version.",
  );
}
