/** Reads the R2 bucket of models; everything read is checked before it is believed. */

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

/** The part of R2 that reading models needs. */
export type ReadableBucket = Pick<R2Bucket, "get" | "head" | "list">;

/**
 * The models in a bucket. Every method throws ModelError MODEL_UNAVAILABLE where an object is
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
    if (!object) throw unusable(key, "the bucket does not have it");
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
  async readModel({ id, version, files }: ModelManifest): Promise<Uint8Array> {
    const key = versionFileKey({ id, version }, files.model.path);
    const bytes = await this.#read(key, (object) => object.bytes());
    if (bytes.byteLength !== files.model.bytes) {
      throw unusable(key, `it has ${bytes.byteLength} bytes, not ${files.model.bytes}`);
    }
    const sha256 = await sha256Hex(bytes);
    if (sha256 !== files.model.sha256) {
      throw unusable(key, `its SHA-256 is ${sha256}, not ${files.model.sha256}`);
    }
    return bytes;
  }

  /** Every published version, by id and version. */
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
      throw unusable(key, "it is not JSON", cause);
    }
    const parsed = schema.safeParse(json);
    if (!parsed.success) throw unusable(key, z.prettifyError(parsed.error), parsed.error);
    return parsed.data;
  }

  async #read<Value>(key: string, take: (object: R2ObjectBody) => Promise<Value>): Promise<Value> {
    const object = await this.#bucket.get(key).catch(failRead(key));
    if (!object) throw unusable(key, "the bucket does not have it");
    return take(object).catch(failRead(key));
  }
}

function failRead(key: string): (cause: unknown) => never {
  return (cause) => {
    throw unusable(key, "reading it from R2 failed", cause);
  };
}

function unusable(key: string, reason: string, cause?: unknown): ModelError {
  return new ModelError(
    "MODEL_UNAVAILABLE",
    `The model bucket has no usable ${key}: ${reason}. Publish the models (locally: npm run seed), then try again.`,
    { details: { key }, cause },
  );
}
