/** Reads the R2 bucket of models; everything read is checked before it is believed. */

import type * as z from "zod";
import { ModelError } from "../errors.ts";
import { type LabelMap, labelMapKey, labelMapSchema } from "../labels/label-map.ts";
import { ALIASES_KEY, type Aliases, aliasesSchema } from "../models/aliases.ts";
import { type ModelManifest, manifestSchema } from "../models/manifest.ts";
import { parseJson } from "../models/parse-json.ts";
import { PURGES_KEY, type Purges, purgesSchema } from "../models/purges.ts";
import {
  isSameVersion,
  type VersionRef,
  versionFileKey,
  versionName,
} from "../models/version-ref.ts";
import { sha256Hex } from "../sha256.ts";

/** An object's content. */
export type ReadableObject = {
  /** Bytes of the whole object, even if only a range was asked for. */
  readonly size: number;
  readonly body: { cancel(): Promise<void> };
  arrayBuffer(): Promise<ArrayBuffer>;
};

/** The part of a bucket that reading models needs; R2's binding has it, and so can any other store. */
export type ReadableBucket = {
  get(
    key: string,
    options?: { readonly range?: { readonly offset: number; readonly length: number } },
  ): Promise<ReadableObject | null>;
  head(key: string): Promise<object | null>;
  list(options: { readonly prefix: string; readonly cursor?: string }): Promise<{
    readonly objects: readonly { readonly key: string; readonly uploaded: Date }[];
    readonly truncated: boolean;
    readonly cursor?: string;
  }>;
};

/** A version in a list, and when its manifest was uploaded. */
export type ListedVersion = VersionRef & { readonly uploaded: Date };

/** An object of the bucket is missing, unreadable or not what it must be. */
export class UnusableObjectError extends ModelError {
  readonly key: string;
  readonly reason: string;
  /** Whether the bucket simply does not have it. */
  readonly missing: boolean;

  constructor(key: string, reason: string, options: { missing?: boolean; cause?: unknown } = {}) {
    const { missing = false, cause } = options;
    super(
      "MODEL_UNAVAILABLE",
      `The model bucket has no usable ${key}: ${reason}. Publish the models (locally: npm run seed), then try again.`,
      { details: { key }, cause },
    );
    this.key = key;
    this.reason = reason;
    this.missing = missing;
  }
}

/**
 * The models in a bucket. Every method throws {@link UnusableObjectError} if an object is
 * missing, unreadable or not what it must be.
 */
export class ModelBucket {
  readonly #bucket: ReadableBucket;

  constructor(bucket: ReadableBucket) {
    this.#bucket = bucket;
  }

  readAliases(): Promise<Aliases> {
    return this.#readJson(ALIASES_KEY, aliasesSchema);
  }

  readLabelMap(name: string): Promise<LabelMap> {
    return this.#readJson(labelMapKey(name), labelMapSchema);
  }

  /** How often results of each version have been purged; empty where none ever was. */
  async readPurges(): Promise<Purges> {
    const there = await this.#bucket.head(PURGES_KEY).catch(failRead(PURGES_KEY));
    return there ? this.#readJson(PURGES_KEY, purgesSchema) : {};
  }

  /**
   * One row of the classifier: D weights.
   *
   * @param row - from 0
   */
  async readHeadRow({ id, version, files }: ModelManifest, row: number): Promise<Float32Array> {
    const key = versionFileKey({ id, version }, files.head?.path ?? "head.f16.bin");
    if (!files.head) throw unusable(key, "its manifest names no head");
    const rowBytes = files.head.shape[1] * Float16Array.BYTES_PER_ELEMENT;
    const range = { offset: row * rowBytes, length: rowBytes };
    const object = await this.#bucket.get(key, { range }).catch(failRead(key));
    if (!object) throw missing(key);
    // A part cannot be checked against the hash of the whole; its size tells a wrong file.
    if (object.size !== files.head.bytes) {
      await object.body.cancel();
      throw unusable(key, `it has ${object.size} bytes, not ${files.head.bytes}`);
    }
    const bytes = await object.arrayBuffer().catch(failRead(key));
    return Float32Array.from(new Float16Array(bytes));
  }

  async hasVersion(ref: VersionRef): Promise<boolean> {
    const key = versionFileKey(ref, "manifest.json");
    return (await this.#bucket.head(key).catch(failRead(key))) !== null;
  }

  async readManifest(ref: VersionRef): Promise<ModelManifest> {
    const key = versionFileKey(ref, "manifest.json");
    const manifest = await this.#readJson(key, manifestSchema);
    if (!isSameVersion(manifest, ref)) {
      throw unusable(key, `it describes ${versionName(manifest)}`);
    }
    return manifest;
  }

  /** The bytes of the model file, equal in length and SHA-256 to what the manifest states. */
  readModel(manifest: ModelManifest): Promise<Uint8Array> {
    return this.#readFile(manifest, manifest.files.model);
  }

  /** The bytes of the classifier's rows, checked in the same way; undefined if it has none. */
  async readHead(manifest: ModelManifest): Promise<Uint8Array | undefined> {
    const { head } = manifest.files;
    return head && this.#readFile(manifest, head);
  }

  /** Every published version, by id and version. */
  async listVersions(): Promise<ListedVersion[]> {
    const versions: ListedVersion[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#bucket
        .list(cursor === undefined ? { prefix: "models/" } : { prefix: "models/", cursor })
        .catch(failRead("models/"));
      for (const { key, uploaded } of page.objects) {
        const [, id, version, file] = key.split("/");
        if (id && version && file === "manifest.json") versions.push({ id, version, uploaded });
      }
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return versions;
  }

  async #readFile(
    { id, version }: VersionRef,
    file: { readonly path: string; readonly bytes: number; readonly sha256: string },
  ): Promise<Uint8Array> {
    const key = versionFileKey({ id, version }, file.path);
    const bytes = await this.#read(key);
    if (bytes.byteLength !== file.bytes) {
      throw unusable(key, `it has ${bytes.byteLength} bytes, not ${file.bytes}`);
    }
    const sha256 = await sha256Hex(bytes);
    if (sha256 !== file.sha256) {
      throw unusable(key, `its SHA-256 is ${sha256}, not ${file.sha256}`);
    }
    return bytes;
  }

  async #readJson<Schema extends z.ZodType>(key: string, schema: Schema): Promise<z.infer<Schema>> {
    const parsed = parseJson(new TextDecoder().decode(await this.#read(key)), schema);
    if (parsed.problem !== undefined) throw unusable(key, parsed.problem, parsed.cause);
    return parsed.value;
  }

  async #read(key: string): Promise<Uint8Array> {
    const object = await this.#bucket.get(key).catch(failRead(key));
    if (!object) throw missing(key);
    return new Uint8Array(await object.arrayBuffer().catch(failRead(key)));
  }
}

function failRead(key: string): (cause: unknown) => never {
  return (cause) => {
    throw unusable(key, "reading it from R2 failed", cause);
  };
}

function missing(key: string): UnusableObjectError {
  return new UnusableObjectError(key, "the bucket does not have it", { missing: true });
}

function unusable(key: string, reason: string, cause?: unknown): UnusableObjectError {
  return new UnusableObjectError(key, reason, { cause });
}
