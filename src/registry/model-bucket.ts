/** Reads the R2 bucket of models, and validates everything it reads. */
import type { R2Bucket, R2ObjectBody } from "@cloudflare/workers-types";
import * as z from "zod";
import { ModelError } from "../errors.ts";
import { type LabelMap, labelMapKey, labelMapSchema } from "../labels/label-map.ts";
import { ALIASES_KEY, type Aliases, aliasesSchema } from "../models/aliases.ts";
import { type ModelManifest, manifestSchema } from "../models/manifest.ts";
import { PURGES_KEY, type Purges, purgesSchema } from "../models/purges.ts";
import {
  isSameVersion,
  type VersionRef,
  versionFileKey,
  versionName,
} from "../models/version-ref.ts";
import { sha256Hex } from "../sha256.ts";

export type ReadableBucket = Pick<R2Bucket, "get" | "head" | "list">;

/**
 * The models in a bucket. Every method throws ModelError MODEL_UNAVAILABLE if an object is missing,
 * unreadable or invalid.
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
    if (!object) throw unusable(key, "it does not exist");
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
  async readModel({ id, version, files }: ModelManifest): Promise<Uint8Array> {
    const key = versionFileKey({ id, version }, files.model.path);
    const bytes = await this.#read(key, (object) => object.bytes());
    if (bytes.byteLength !== files.model.bytes) {
      throw unusable(key, `its size is ${bytes.byteLength} bytes, not ${files.model.bytes}`);
    }
    const sha256 = await sha256Hex(bytes);
    if (sha256 !== files.model.sha256) {
      throw unusable(key, `its SHA-256 is ${sha256}, not ${files.model.sha256}`);
    }
    return bytes;
  }

  /** Lists every published version, in order of id and version. */
  async listVersions(): Promise<VersionRef[]> {
    const refs: VersionRef[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.#bucket
        .list(cursor === undefined ? { prefix: "models/" } : { prefix: "models/", cursor })
        .catch(failRead("models/"));
      for (const { key } of page.objects) {
        const [, id, version, file] = key.split("/");
        if (id && version && file === "manifest.json") refs.push({ id, version });
      }
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return refs;
  }

  async #readJson<Schema extends z.ZodType>(key: string, schema: Schema): Promise<z.infer<Schema>> {
    const text = await this.#read(key, (object) => object.text());
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (cause) {
      throw unusable(key, "it is not valid JSON", cause);
    }
    const parsed = schema.safeParse(json);
    if (!parsed.success) throw unusable(key, z.prettifyError(parsed.error), parsed.error);
    return parsed.data;
  }

  async #read<Value>(key: string, take: (object: R2ObjectBody) => Promise<Value>): Promise<Value> {
    const object = await this.#bucket.get(key).catch(failRead(key));
    if (!object) throw unusable(key, "it does not exist");
    return take(object).catch(failRead(key));
  }
}

function failRead(key: string): (cause: unknown) => never {
  return (cause) => {
    throw unusable(key, "it could not be read from R2", cause);
  };
}

function unusable(key: string, reason: string, cause?: unknown): ModelError {
  return new ModelError(
    "MODEL_UNAVAILABLE",
    `The object ${key} in the model bucket cannot be used: ${reason}. Publish the models (locally: npm run seed), then try again.`,
    { details: { key }, cause },
  );
}
