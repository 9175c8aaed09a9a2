/** Opens the bucket that a command's options name. */
import { unstable_readConfig as readConfig } from "wrangler";
import { CliError } from "../cli-error.ts";
import type { Options } from "../command.ts";
import { openLocalStore } from "./local-store.ts";
import type { ModelStore } from "./model-store.ts";
import { openS3Store } from "./s3-store.ts";

/** Options of every command that uses a bucket. */
export const STORE_OPTIONS = {
  remote: "boolean",
  bucket: "string",
  endpoint: "string",
  config: "string",
} as const;

export const STORE_USAGE = `  --remote            the bucket at Cloudflare in place of the local one, by R2's S3 API: needs
                      R2_ACCOUNT_ID, R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY in the environment
  --bucket NAME       its name (default: that of the binding MODELS in wrangler.toml)
  --endpoint URL      of the S3 API (default: https://R2_ACCOUNT_ID.r2.cloudflarestorage.com)
  --config PATH       of wrangler.toml`;

const DEFAULT_CONFIG = new URL("../../wrangler.toml", import.meta.url).pathname;
const BINDING = "MODELS";

type StoreOptions = Options<typeof STORE_OPTIONS>;

/**
 * Opens a bucket, uses it, and closes it.
 *
 * @throws CliError
 */
export async function withStore<Value>(
  options: StoreOptions,
  use: (store: ModelStore) => Promise<Value>,
): Promise<Value> {
  const store = await openStore(options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function openStore({ remote, bucket, endpoint, config }: StoreOptions): Promise<ModelStore> {
  const configPath = config ?? DEFAULT_CONFIG;
  if (!remote) {
    const unused =
      bucket === undefined ? (endpoint === undefined ? undefined : "endpoint") : "bucket";
    if (unused === undefined) return openLocalStore(configPath);
    throw new CliError(
      `--${unused} goes with --remote.`,
      "Without --remote the local bucket is meant, which wrangler.toml names.",
      "Add --remote, or leave it out.",
    );
  }
  const { R2_ACCOUNT_ID: account, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY } = process.env;
  if (!R2_ACCESS_KEY_ID || !R2_SECRET_ACCESS_KEY || !(endpoint ?? account)) {
    throw new CliError(
      "The bucket at Cloudflare cannot be reached.",
      "R2_ACCOUNT_ID (or --endpoint), R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY must all be set.",
      "Make an R2 API token with the right to read and write objects: dash.cloudflare.com, R2, Manage API tokens.",
    );
  }
  const address = endpoint ?? `https://${account}.r2.cloudflarestorage.com`;
  if (!URL.canParse(address)) {
    throw new CliError(
      "--endpoint is wrong.",
      `"${address}" is no URL.`,
      "Give one with https://.",
    );
  }
  return openS3Store({
    endpoint: address,
    bucket: bucket ?? readBucketName(configPath),
    accessKeyId: R2_ACCESS_KEY_ID,
    secretAccessKey: R2_SECRET_ACCESS_KEY,
  });
}

function readBucketName(configPath: string): string {
  const { r2_buckets: buckets } = readConfig({ config: configPath });
  const bucket = buckets.find((entry: { binding: string }) => entry.binding === BINDING);
  const name: unknown = bucket?.bucket_name;
  if (typeof name === "string") return name;
  throw new CliError(
    `${configPath} names no bucket of models.`,
    `It has no r2_buckets with the binding ${BINDING} and a bucket_name.`,
    "Add one, or give --bucket NAME.",
  );
}
