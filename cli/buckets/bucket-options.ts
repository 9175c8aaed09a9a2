import type { OptionSpecs } from "../command/option-specs.ts";
import { readUrl } from "../command/read-url.ts";
import type { Options } from "../define-command.ts";

/** Options of every command that uses a bucket. */
export const BUCKET_OPTIONS = {
  remote: {
    type: "flag",
    help: "use the bucket at Cloudflare instead of the local one, through R2's S3 API; needs R2_ACCOUNT_ID, R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY in the environment",
  },
  bucket: {
    type: "text",
    placeholder: "NAME",
    help: "name of the bucket at Cloudflare",
    defaultText: "the bucket of the binding MODELS in wrangler.toml",
  },
  endpoint: {
    type: "text",
    placeholder: "URL",
    help: "URL of the S3 API",
    defaultText: "https://R2_ACCOUNT_ID.r2.cloudflarestorage.com",
    parse: readUrl,
  },
  config: {
    type: "text",
    placeholder: "PATH",
    help: "path of wrangler.toml; the local bucket is beside it",
    defaultText: "the project's own",
  },
} as const satisfies OptionSpecs;

export type BucketOptions = Options<typeof BUCKET_OPTIONS>;
