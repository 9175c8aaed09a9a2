/** Reads the R2 bucket of models, and validates everything it reads. */

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

/** An object of the bucket is missing, unreadable or invalid. */
export class UnusableObjectError extends ModelError {
  readonly key: string;
  readonly reason: string;
  /** Whether the object does not exist. */
  readonly missing: boolean;

  constructor(key: string, reason: string, options: { missing?: boolean; cause?: unknown } = {}) {
    const { missing = false, cause } = options;
    super(
      "MODEL_UNAVAILABLE",
      `The object ${key} in the model bucket cannot be used: ${reason}. Publish the models (locally: npm run seed), then try again.`,
      { details: { key }, cause },
    );
    this.key = key;
    this.reason = reason;
    this.missing = missing;
  }
}

/**
 * The models in a bucket. Every method throws {@link UnusableObjectError} if an object is
 * missing, unreadable or invalid.
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

  /** Reads the purge counts; empty if nothing was ever purged. */
  async readPurges(): Promise<Purges> {
    const object = await this.#bucket.head(PURGES_KEY).catch(failRead(PURGES_KEY));
    return object ? this.#readJson(PURGES_KEY, purgesSchema) : {};
  }

  /**
   * Reads one row of the head.
   *
   * @param row - class index
   * @returns [D]
   */
  async readHeadRow({ id, version, files }: ModelManifest, row: number): Promise<Float32Array> {
    const key = versionFileKey({ id, version }, files.head?.path ?? "head.f16.bin");
    if (!files.head) throw unusable(key, "the manifest does not list it");
    const rowBytes = files.head.shape[1] * Float16Array.BYTES_PER_ELEMENT;
    const range = { offset: row * rowBytes, length: rowBytes };
    const object = await this.#bucket.get(key, { range }).catch(failRead(key));
    if (!object) throw missing(key);
    // The hash covers the whole file, so a row cannot be checked against it. The size reveals most wrong files.
    if (object.size !== files.head.bytes) {
      await object.body.cancel();
      throw unusable(key, `its size is ${object.size} bytes, not ${files.head.bytes}`);
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
      throw unusable(key, `it is the manifest of ${versionName(manifest)}`);
    }
    return manifest;
  }

  /** Reads the model file, and checks its size and SHA-256 against the manifest. */
  readModel(manifest: ModelManifest): Promise<Uint8Array> {
    return this.#readFile(manifest, manifest.files.model);
  }

  /** Reads the classifier's rows, and checks them in the same way; undefined if there are none. */
  async readHead(manifest: ModelManifest): Promise<Uint8Array | undefined> {
    const { head } = manifest.files;
    return head && this.#readFile(manifest, head);
  }

  /** Lists every published version, in order of id and version. */
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
      throw unusable(key, `its size is ${bytes.byteLength} bytes, not ${file.bytes}`);
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
    throw unusable(key, "it could not be read from R2", cause);
  };
}

function missing(key: string): UnusableObjectError {
  return new UnusableObjectError(key, "it does not exist", { missing: true });
}

function unusable(key: string, reason: string, cause?: unknown): UnusableObjectError {
  return new UnusableObjectError(key, reason, { cause });
}
