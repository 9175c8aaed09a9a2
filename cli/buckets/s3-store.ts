/** A bucket at Cloudflare, through R2's S3 API, which supports conditional writes. */
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import type { MemoryLimits } from "../../src/models/memory-budget.ts";
import { CliError } from "../cli-error.ts";
import type { ListedObject, ModelStore } from "./model-store.ts";

export type S3Options = {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly memoryLimits: MemoryLimits;
};

/** R2 has one region. */
const REGION = "auto";
const NOT_FOUND = 404;
/** The answers to a condition that does not hold; the latter if two write at once. */
const REFUSED: readonly (number | undefined)[] = [412, 409];

/** Opens a bucket, without sending a request yet. */
export function openS3Store({
  endpoint,
  bucket,
  memoryLimits,
  ...credentials
}: S3Options): ModelStore {
  const client = new S3Client({
    endpoint,
    region: REGION,
    credentials,
    // With the bucket's name in the host, every bucket would need a certificate.
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  const name = `the bucket ${bucket} at ${new URL(endpoint).host}`;
  const at = (Key: string) => ({ Bucket: bucket, Key });

  /** @returns `fallback` for the given statuses; anything else that goes wrong is a CliError */
  async function ask<Value, Fallback>(
    work: Promise<Value>,
    statuses: readonly (number | undefined)[],
    fallback: Fallback,
  ): Promise<Value | Fallback> {
    try {
      return await work;
    } catch (error) {
      const status =
        error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
      if (status !== undefined && statuses.includes(status) && !isMissingBucket(error))
        return fallback;
      throw explain(error, name);
    }
  }

  return {
    name,
    memoryLimits,
    get: async (key) => {
      const response = await ask(
        client.send(new GetObjectCommand(at(key))),
        [NOT_FOUND],
        undefined,
      );
      if (!response?.Body) return undefined;
      const bytes = new Uint8Array(await response.Body.transformToByteArray());
      return { bytes, etag: unquote(response.ETag) };
    },
    has: async (key) =>
      (await ask(client.send(new HeadObjectCommand(at(key))), [NOT_FOUND], undefined)) !==
      undefined,
    list: async (prefix) => {
      const objects: ListedObject[] = [];
      let token: string | undefined;
      do {
        const input = { Bucket: bucket, Prefix: prefix, ContinuationToken: token };
        const page = await ask(client.send(new ListObjectsV2Command(input)), [], undefined);
        for (const { Key = "", Size = 0, LastModified } of page?.Contents ?? []) {
          objects.push({ key: Key, bytes: Size, uploaded: LastModified ?? new Date(0) });
        }
        token = page?.NextContinuationToken;
      } while (token !== undefined);
      return objects;
    },
    put: async (key, bytes, condition) => {
      const conditions =
        "ifMatch" in condition ? { IfMatch: `"${condition.ifMatch}"` } : { IfNoneMatch: "*" };
      const command = new PutObjectCommand({ ...at(key), Body: bytes, ...conditions });
      // A condition on an object that does not exist has its own status.
      const refused = "ifMatch" in condition ? [...REFUSED, NOT_FOUND] : REFUSED;
      return (await ask(client.send(command), refused, undefined)) !== undefined;
    },
    delete: async (keys) => {
      const Objects = keys.map((Key) => ({ Key }));
      const command = new DeleteObjectsCommand({
        Bucket: bucket,
        Delete: { Objects, Quiet: true },
      });
      const result = await ask(client.send(command), [], undefined);
      const [first] = result?.Errors ?? [];
      if (first) throw explain(new Error(`${first.Key}: ${first.Message}`), name);
    },
    close: async () => client.destroy(),
  };
}

function unquote(etag: string | undefined): string {
  return (etag ?? "").replace(/^(?:W\/)?"(.*)"$/, "$1");
}

/** It has the same status as a missing object. */
function isMissingBucket(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === "NoSuchBucket";
}

/** Retrying does not help if the bucket or the credentials are wrong. */
function explain(error: unknown, name: string): CliError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const fix = isMissingBucket(error)
    ? "Create it with npx wrangler r2 bucket create, or give another one with --bucket."
    : status === 401 || status === 403
      ? "Check R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY: they must belong to an R2 API token that can read and write objects of this bucket."
      : undefined;
  return new CliError(fix === undefined ? "BUCKET_UNREACHABLE" : "BUCKET_MISCONFIGURED", {
    what: `Cannot use ${name}.`,
    why: `${message}.`,
    fix: fix ?? "Check the network and R2_ACCOUNT_ID, then run the same command again.",
    cause: error,
  });
}
