/** Opens the bucket that a command's options name. */
import { unstable_readConfig as readConfig } from "wrangler";
import { CliError } from "../cli-error.ts";
import type { BucketOptions } from "./bucket-options.ts";
import { openLocalStore } from "./local-store.ts";
import type { ModelStore } from "./model-store.ts";
import { readMemoryLimits } from "./read-memory-limits.ts";
import { openS3Store } from "./s3-store.ts";

const DEFAULT_CONFIG = new URL("../../wrangler.toml", import.meta.url).pathname;
const BINDING = "MODELS";

/**
 * Opens a bucket, uses it, and closes it.
 *
 * @throws CliError USAGE, OPTION_INVALID, CREDENTIALS_MISSING, BUCKET_MISCONFIGURED, BUCKET_UNREACHABLE
 */
export async function withStore<Value>(
  options: BucketOptions,
  use: (store: ModelStore) => Promise<Value>,
): Promise<Value> {
  const store = await openStore(options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function openStore({ remote, bucket, endpoint, config }: BucketOptions): Promise<ModelStore> {
  const configPath = config ?? DEFAULT_CONFIG;
  if (!remote) {
    if (bucket !== undefined) throw needsRemote("--bucket");
    if (endpoint !== undefined) throw needsRemote("--endpoint");
    return openLocalStore(configPath);
  }
  const { R2_ACCOUNT_ID: account, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY } = process.env;
  if (!R2_ACCESS_KEY_ID || !R2_SECRET_ACCESS_KEY || !(endpoint ?? account)) {
    throw new CliError("CREDENTIALS_MISSING", {
      what: "The bucket at Cloudflare cannot be reached.",
      why: "R2_ACCOUNT_ID (or --endpoint), R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY must all be set.",
      fix: "Create an R2 API token that can read and write objects: dash.cloudflare.com, R2, Manage API tokens.",
    });
  }
  return openS3Store({
    endpoint: endpoint ?? `https://${account}.r2.cloudflarestorage.com`,
    bucket: bucket ?? readBucketName(configPath),
    accessKeyId: R2_ACCESS_KEY_ID,
    secretAccessKey: R2_SECRET_ACCESS_KEY,
    memoryLimits: readMemoryLimits(configPath),
  });
}

function needsRemote(flag: string): CliError {
  return new CliError("USAGE", {
    what: `${flag} needs --remote.`,
    why: "Without --remote, the command uses the local bucket of wrangler.toml.",
    fix: `Add --remote, or leave ${flag} out.`,
  });
}

function readBucketName(configPath: string): string {
  const { r2_buckets: buckets } = readConfig({ config: configPath });
  const bucket = buckets.find((entry: { binding: string }) => entry.binding === BINDING);
  const name: unknown = bucket?.bucket_name;
  if (typeof name === "string") return name;
  throw new CliError("BUCKET_MISCONFIGURED", {
    what: `${configPath} does not name a bucket of models.`,
    why: `It has no r2_buckets entry with the binding ${BINDING} and a bucket_name.`,
    fix: "Add one, or give --bucket NAME.",
  });
}
