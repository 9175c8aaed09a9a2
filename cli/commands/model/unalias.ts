import { armsOf } from "../../../src/models/aliases.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { defineCommand } from "../../define-command.ts";
import { ALIAS } from "../../registry/alias-arguments.ts";
import { AUTHOR_OPTIONS, readAuthor } from "../../registry/author.ts";
import { changeAliases } from "../../registry/change-aliases.ts";
import { describeArms } from "../../registry/describe-arms.ts";
import * as edit from "../../registry/edit-aliases.ts";

export const unalias = defineCommand({
  description:
    'Delete an alias and its shadow, for instance one with a typing error. The versions that it pointed to stay. Callers who still use the alias get MODEL_NOT_FOUND within ALIASES_TTL_SECONDS. The alias "default" cannot be deleted.',
  arguments: { alias: ALIAS },
  options: { ...AUTHOR_OPTIONS, ...BUCKET_OPTIONS },
  run: async ({ args: { alias }, options }) => {
    let before = "";
    await withStore(options, (store) =>
      changeAliases(store, (aliases) => {
        before = describeArms(armsOf(aliases, alias));
        return edit.unalias(aliases, alias, readAuthor(options));
      }),
    );
    return {
      result: { name: alias, before, after: null },
      text: `Deleted the alias ${alias}, which pointed to ${before}. To restore it: resnet-edge model rollback ${alias}`,
    };
  },
});
