import { armsOf } from "../../../src/models/aliases.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { defineCommand } from "../../define-command.ts";
import { ALIAS, VERSION } from "../../registry/alias-arguments.ts";
import { AUTHOR_OPTIONS, readAuthor } from "../../registry/author.ts";
import { changeAliases } from "../../registry/change-aliases.ts";
import { describeArms } from "../../registry/describe-arms.ts";
import * as edit from "../../registry/edit-aliases.ts";
import { verifyVersion } from "../../registry/published-versions.ts";

export const promote = defineCommand({
  description:
    'Verify a published version, then point ALIAS to it alone. The alias "default" answers callers who name no model. Running Workers follow within ALIASES_TTL_SECONDS.',
  arguments: { alias: ALIAS, version: VERSION },
  options: { ...AUTHOR_OPTIONS, ...BUCKET_OPTIONS },
  run: async ({ args: { alias, version: ref }, options }) => {
    let before = "nothing";
    let note: string | undefined;
    await withStore(options, (store) =>
      changeAliases(store, async (aliases) => {
        before = describeArms(armsOf(aliases, alias));
        const changed = edit.promote(aliases, alias, ref, readAuthor(options));
        await verifyVersion(store, ref);
        note = edit.noteEndedShadow(aliases, changed, alias);
        return changed;
      }),
    );
    const after = versionName(ref);
    return {
      result: { name: alias, before, after, ...(note === undefined ? {} : { note }) },
      text: [
        `${alias} now points to ${after}; before, it pointed to ${before}.`,
        ...(note === undefined ? [] : [note]),
      ].join("\n"),
    };
  },
});
