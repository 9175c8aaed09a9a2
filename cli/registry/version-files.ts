/** A published version's objects. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { type ModelTarget, targetName } from "../../src/models/aliases.ts";
import { type ModelManifest, manifestSchema, modelFileKey } from "../../src/models/manifest.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { CliError } from "../cli-error.ts";
import { MANIFEST } from "../models/model-folder.ts";
import { checkModel } from "./check-model.ts";

/** What is left of a version that was removed, so that nobody publishes another under its name. */
export const TOMBSTONE = "removed.json";

/** A version as it was found. */
export type FoundVersion = {
  readonly target: ModelTarget;
  readonly published: Date;
  /** Undefined where it cannot be used; `problem` says why. */
  readonly manifest: ModelManifest | undefined;
  readonly problem: string | undefined;
};

/** Every version with a manifest, by id and version. */
export async function listVersions(store: ModelStore): Promise<FoundVersion[]> {
  const versions: FoundVersion[] = [];
  for (const { key, uploaded } of await store.list("models/")) {
    const [, model, version, file] = key.split("/");
    if (!model || !version || file !== MANIFEST) continue;
    const target = { model, version };
    const found = await readPublishedManifest(store, target).then(
      (manifest) => ({ manifest, problem: undefined }),
      (error: unknown) => {
        if (!(error instanceof CliError)) throw error;
        return { manifest: undefined, problem: error.why };
      },
    );
    versions.push({ target, published: uploaded, ...found });
  }
  return versions;
}

/** @throws CliError where the version has no manifest or one that cannot be used */
export async function readPublishedManifest(
  store: ModelStore,
  target: ModelTarget,
): Promise<ModelManifest> {
  const key = modelFileKey(target.model, target.version, MANIFEST);
  const object = await store.get(key);
  if (!object) throw unusable(target, `${store.name} has no ${key}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(object.bytes));
  } catch {
    throw unusable(target, `${key} is not JSON`);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) throw unusable(target, `${key}: ${z.prettifyError(parsed.error)}`);
  const { id, version } = parsed.data;
  if (id === target.model && version === target.version) return parsed.data;
  throw unusable(target, `${key} describes ${id}@${version}`);
}

/**
 * Makes sure that a version can answer: every file is there with the length and SHA-256 that its
 * manifest states, and the network runs.
 *
 * @throws CliError where it cannot
 */
export async function verifyVersion(
  store: ModelStore,
  target: ModelTarget,
): Promise<ModelManifest> {
  const manifest = await readPublishedManifest(store, target);
  const { model, head } = manifest.files;
  const graph = await readVerified(store, target, model);
  if (head) await readVerified(store, target, head);
  await checkModel(manifest, graph);
  return manifest;
}

async function readVerified(
  store: ModelStore,
  target: ModelTarget,
  file: { readonly path: string; readonly bytes: number; readonly sha256: string },
): Promise<Uint8Array> {
  const key = modelFileKey(target.model, target.version, file.path);
  const object = await store.get(key);
  if (!object) throw unusable(target, `${store.name} has no ${key}`);
  const { bytes } = object;
  if (bytes.byteLength !== file.bytes) {
    throw unusable(target, `${key} has ${bytes.byteLength} bytes, not ${file.bytes}`);
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 === file.sha256) return bytes;
  throw unusable(target, `the SHA-256 of ${key} is ${sha256}, not ${file.sha256}`);
}

function unusable(target: ModelTarget, reason: string): CliError {
  return new CliError(
    `${targetName(target)} cannot be used.`,
    `${reason}.`,
    "See what is published with resnet-edge model list, or publish the model again as a new version.",
  );
}
