/** `resnet-edge model rollback`: lets a name mean what it meant before. */
import { armsOf } from "../../../src/models/aliases.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { type Command, parseOptions, requireWords } from "../../command.ts";
import {
  AUTHOR_OPTIONS,
  AUTHOR_USAGE,
  changeAliases,
  readAuthor,
} from "../../registry/change-aliases.ts";
import { describeArms } from "../../registry/describe-arms.ts";
import * as edit from "../../registry/edit-aliases.ts";
import { readAlias } from "../../registry/read-version-ref.ts";
import { readPublishedManifest } from "../../registry/version-files.ts";

const USAGE = `resnet-edge model rollback NAME [options]

Lets NAME mean what it meant before its last change. Again, it goes back one change further.

${AUTHOR_USAGE}
${STORE_USAGE}
  --json              one line of JSON in place of words`;

const OPTIONS = { ...AUTHOR_OPTIONS, ...STORE_OPTIONS } as const;

export const rollback: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, OPTIONS);
    const [nameWord = ""] = requireWords(words, ["NAME"], "rollback");
    const name = readAlias(nameWord);
    let before = "";
    const changed = await withStore(options, (store) =>
      changeAliases(store, async (aliases) => {
        before = describeArms(armsOf(aliases, name));
        const next = edit.rollback(aliases, name, readAuthor(options));
        // In a hurry: that the files are whole was verified when it was promoted.
        for (const arm of armsOf(next, name) ?? []) {
          await readPublishedManifest(store, arm);
        }
        return next;
      }),
    );
    const after = describeArms(armsOf(changed, name));
    return {
      result: { name, before, after },
      words: `${name} means ${after} again, before ${before}.`,
    };
  },
};
