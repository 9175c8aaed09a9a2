/** Published versions, read and checked by the Worker's own code. */
import type { ModelManifest } from "../../src/models/manifest.ts";
import { type VersionRef, versionFileKey, versionName } from "../../src/models/version-ref.ts";
import { ModelBucket, UnusableObjectError } from "../../src/registry/model-bucket.ts";
import type { ModelStore } from "../buckets/model-store.ts";
import { toReadableBucket } from "../buckets/readable-bucket.ts";
import { CliError } from "../cli-error.ts";
import { checkLitert } from "../litert/check-litert.ts";
import { MANIFEST } from "../models/model-folder.ts";
import { checkModel } from "./check-model.ts";
import { requireRoom } from "./require-room.ts";

/** What remains of a version that was removed, so that no other is ever published under its name. */
export const TOMBSTONE = "removed.json";

/** A version in the bucket. */
export type FoundVersion = {
  readonly ref: VersionRef;
  readonly published: Date;
  /** Undefined if it cannot be used; `problem` says why. */
  readonly manifest: ModelManifest | undefined;
  readonly problem: string | undefined;
};

/** Every version with a manifest, by id and version. */
export async function listVersions(store: ModelStore): Promise<FoundVersion[]> {
  const versions: FoundVersion[] = [];
  for (const { id, version, uploaded } of await openBucket(store).listVersions()) {
    const ref = { id, version };
    const found = await readPublishedManifest(store, ref).then(
      (manifest) => ({ manifest, problem: undefined }),
      (error: unknown) => ({ manifest: undefined, problem: requireVersionError(error).why }),
    );
    versions.push({ ref, published: uploaded, ...found });
  }
  return versions;
}

/** @throws CliError VERSION_MISSING, VERSION_REMOVED, VERSION_UNUSABLE */
export function readPublishedManifest(store: ModelStore, ref: VersionRef): Promise<ModelManifest> {
  return openBucket(store).readManifest(ref).catch(failVersion(store, ref));
}

/**
 * Checks that a version is or was published, whatever state its files are in: caches may hold its results.
 *
 * @throws CliError VERSION_MISSING
 */
export async function requirePublished(store: ModelStore, ref: VersionRef): Promise<void> {
  const found = [MANIFEST, TOMBSTONE].map((file) => store.has(versionFileKey(ref, file)));
  if ((await Promise.all(found)).includes(true)) return;
  throw new CliError("VERSION_MISSING", {
    what: `${versionName(ref)} is not published.`,
    why: `There is no ${versionFileKey(ref, MANIFEST)} in ${store.name}.`,
    fix: "See what is published with resnet-edge model list.",
  });
}

/**
 * Checks that a version can answer: a Worker has memory for it, every file has the length and SHA-256 that
 * the manifest states, the network runs, and if there is a file for LiteRT, it gives the same answers.
 *
 * @throws CliError VERSION_MISSING, VERSION_REMOVED, VERSION_UNUSABLE
 */
export async function verifyVersion(store: ModelStore, ref: VersionRef): Promise<void> {
  const bucket = openBucket(store);
  const manifest = await readPublishedManifest(store, ref);
  requireRoom(manifest, store.memoryLimits, "VERSION_UNUSABLE");
  const graph = await bucket.readModel(manifest).catch(failVersion(store, ref));
  await bucket.readHead(manifest).catch(failVersion(store, ref));
  await checkModel(manifest, graph, "VERSION_UNUSABLE");
  if (!manifest.files.litert) return;
  const litert = await bucket.readModel(manifest, "litert").catch(failVersion(store, ref));
  await checkLitert({ manifest, model: graph, litert });
}

/** @throws the error, unless it says what is wrong with a version */
export function requireVersionError(error: unknown): CliError {
  const known: readonly unknown[] = ["VERSION_MISSING", "VERSION_REMOVED", "VERSION_UNUSABLE"];
  if (error instanceof CliError && known.includes(error.code)) return error;
  throw error;
}

function openBucket(store: ModelStore): ModelBucket {
  return new ModelBucket(toReadableBucket(store));
}

function failVersion(store: ModelStore, ref: VersionRef): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!(error instanceof UnusableObjectError)) throw error;
    // The store does not answer: that is not the version's fault.
    const cause = error.cause instanceof Error ? error.cause.cause : undefined;
    if (cause instanceof CliError) throw cause;
    const { key, missing, reason } = error;
    const isAbsent = missing && key === versionFileKey(ref, MANIFEST);
    if (isAbsent && (await store.has(versionFileKey(ref, TOMBSTONE)))) {
      throw new CliError("VERSION_REMOVED", {
        what: `${versionName(ref)} cannot be used.`,
        why: "It was removed.",
        fix: "Use another version: see what is published with resnet-edge model list.",
      });
    }
    throw new CliError(isAbsent ? "VERSION_MISSING" : "VERSION_UNUSABLE", {
      what: `${versionName(ref)} cannot be used.`,
      why: missing ? `There is no ${key} in ${store.name}.` : `${key} is not valid: ${reason}.`,
      fix: "See what is published with resnet-edge model list, or publish the model as a new version.",
      cause,
    });
  };
}
