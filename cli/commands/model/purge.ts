import { versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { defineCommand } from "../../define-command.ts";
import { VERSION } from "../../registry/alias-arguments.ts";
import { requirePublished } from "../../registry/published-versions.ts";
import { raisePurgeCount } from "../../registry/raise-purge-count.ts";

export const purge = defineCommand({
  description:
    "Make Workers classify again instead of answering from cached results of a version. Running Workers follow within twice ALIASES_TTL_SECONDS.",
  arguments: { version: VERSION },
  options: BUCKET_OPTIONS,
  run: async ({ args: { version: ref }, options }) => {
    const times = await withStore(options, async (store) => {
      // A typing error must not look like a purge.
      await requirePublished(store, ref);
      return raisePurgeCount(store, ref);
    });
    const version = versionName(ref);
    return {
      result: { version, times },
      text: `Purged the cached results of ${version} (${times} ${times === 1 ? "time" : "times"} so far).`,
    };
  },
});
