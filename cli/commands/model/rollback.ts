import { armsOf } from "../../../src/models/aliases.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { defineCommand } from "../../define-command.ts";
import { ALIAS } from "../../registry/alias-arguments.ts";
import { AUTHOR_OPTIONS, readAuthor } from "../../registry/author.ts";
import { changeAliases } from "../../registry/change-aliases.ts";
import { describeArms } from "../../registry/describe-arms.ts";
import * as edit from "../../registry/edit-aliases.ts";
import { readPublishedManifest } from "../../registry/published-versions.ts";

export const rollback = defineCommand({
  description:
    "Undo the last change of what ALIAS points to. Run it again to go back one more change.",
  arguments: { alias: ALIAS },
  options: { ...AUTHOR_OPTIONS, ...BUCKET_OPTIONS },
  run: async ({ args: { alias }, options }) => {
    let before = "";
    let note: string | undefined;
    const changed = await withStore(options, (store) =>
      changeAliases(store, async (aliases) => {
        before = describeArms(armsOf(aliases, alias));
        const next = edit.rollback(aliases, alias, readAuthor(options));
        // A rollback is urgent: the files were verified when the version was promoted.
        for (const arm of armsOf(next, alias) ?? []) await readPublishedManifest(store, arm);
        note = edit.noteEndedShadow(aliases, next, alias);
        return next;
      }),
    );
    const after = describeArms(armsOf(changed, alias));
    return {
      result: { name: alias, before, after, ...(note === undefined ? {} : { note }) },
      text: [
        `${alias} points to ${after} again; before, it pointed to ${before}.`,
        ...(note === undefined ? [] : [note]),
      ].join("\n"),
    };
  },
});
