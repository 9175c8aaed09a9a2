import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import type { OptionSpecs } from "../../command/option-specs.ts";
import type { Options } from "../../define-command.ts";
import { readAlias } from "../../registry/read-version-ref.ts";

const { config: wrangler, ...BUCKET } = BUCKET_OPTIONS;

/** Options of commands that can publish what they have trained. Their --config means other settings. */
export const PUBLISH_OPTIONS = {
  publish: {
    type: "text",
    placeholder: "ALIAS",
    help: "afterwards quantise the model, evaluate it on photos that it was not trained on, publish it and point this alias to it",
    parse: readAlias,
  },
  ...BUCKET,
  wrangler,
} as const satisfies OptionSpecs;

export type PublishOptions = Options<typeof PUBLISH_OPTIONS>;
