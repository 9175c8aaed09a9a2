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

/** An object of JSON that is larger than this is not one that the command line has written. */
const MAX_JSON_BYTES = 4_000_000;

/** An object of the bucket is missing, unreadable or invalid. Its message does not name the object; its cause does. */
export class UnusableObjectError extends ModelError {
  readonly key: string;
  readonly reason: string;
  /** Whether the object does not exist. */
  readonly missing: boolean;

  constructor(key: string, reason: string, options: { missing?: boolean; cause?: unknown } = {}) {
    const { missing = false, cause } = options;
    const explained = `The object ${key} in the model bucket cannot be used: ${reason}. Publish the models (locally: npm run seed), then try again.`;
    super(
      "MODEL_UNAVAILABLE",
      "A file of the model is missing or damaged. Use another model, or try again later; the log of the service names the file.",
      { cause: new Error(explained, cause === undefined ? undefined : { cause }) },
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
    const object = await read(PURGES_KEY, () => this.#bucket.head(PURGES_KEY));
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
    // The hash covers the whole file, so a row cannot be checked against it.
    const bytes = await this.#read(key, { range, bytes: files.head.bytes });
    if (bytes.byteLength !== rowBytes) {
      throw unusable(key, `${bytes.byteLength} of the ${rowBytes} bytes of row ${row} were read`);
    }
    return Float32Array.from(new Float16Array(bytes.buffer));
  }

  async readManifest(ref: VersionRef): Promise<ModelManifest> {
    const key = versionFileKey(ref, "manifest.json");
    const manifest = await this.#readJson(key, manifestSchema);
    if (!isSameVersion(manifest, ref)) {
      throw unusable(key, `it is the manifest of ${versionName(manifest)}`);
    }
    return manifest;
  }

  /**
   * Reads the file of a model's graph, and checks its size and SHA-256 against the manifest.
   *
   * @param file - which one: the ONNX graph, or the one for LiteRT
   */
  async readModel(
    manifest: ModelManifest,
    file: "model" | "litert" = "model",
  ): Promise<Uint8Array> {
    const expected = manifest.files[file];
    if (expected) return this.#readFile(manifest, expected);
    throw unusable(versionFileKey(manifest, "manifest.json"), `it lists no file for ${file}`);
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
      const options = cursor === undefined ? {} : { cursor };
      const page = await read("models/", () =>
        this.#bucket.list({ prefix: "models/", ...options }),
      );
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
    const bytes = await this.#read(key, { bytes: file.bytes });
    if (bytes.byteLength !== file.bytes) throw wrongSize(key, bytes.byteLength, file.bytes);
    const sha256 = await sha256Hex(bytes);
    if (sha256 !== file.sha256) {
      throw unusable(key, `its SHA-256 is ${sha256}, not ${file.sha256}`);
    }
    return bytes;
  }

  async #readJson<Schema extends z.ZodType>(key: string, schema: Schema): Promise<z.infer<Schema>> {
    const text = new TextDecoder().decode(await this.#read(key, {}));
    const parsed = parseJson(text, schema);
    if (parsed.problem === undefined) return parsed.value;
    // The problem says all that an error of the schema does.
    const { cause } = parsed;
    throw unusable(key, parsed.problem, cause instanceof SyntaxError ? cause : undefined);
  }

  /**
   * Reads an object or a range of it.
   *
   * @param expected.bytes - size of the whole object; if absent, it is only limited. It is compared before
   *   the object is read, because a wrong object could be larger than memory.
   */
  async #read(
    key: string,
    expected: {
      readonly bytes?: number;
      readonly range?: { readonly offset: number; readonly length: number };
    },
  ): Promise<Uint8Array<ArrayBuffer>> {
    const { bytes, range } = expected;
    const object = await read(key, () => this.#bucket.get(key, range && { range }));
    if (!object) throw missing(key);
    if (object.size !== (bytes ?? object.size) || object.size > (bytes ?? MAX_JSON_BYTES)) {
      // Whether the rest of a wrong object can be given back does not matter.
      await object.body.cancel().catch(() => {});
      throw wrongSize(key, object.size, bytes ?? `at most ${MAX_JSON_BYTES}`);
    }
    return new Uint8Array(await read(key, () => object.arrayBuffer()));
  }
}

/** Calls R2. Its failures, and those of any other store, become {@link UnusableObjectError}. */
async function read<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    throw unusable(key, "it could not be read from R2", cause);
  }
}

function missing(key: string): UnusableObjectError {
  return new UnusableObjectError(key, "it does not exist", { missing: true });
}

function wrongSize(key: string, actual: number, expected: number | string): UnusableObjectError {
  return unusable(key, `its size is ${actual} bytes, not ${expected}`);
}

function unusable(key: string, reason: string, cause?: unknown): UnusableObjectError {
  return new UnusableObjectError(key, reason, { cause });
}
