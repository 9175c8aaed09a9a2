/** `resnet-edge model promote`: lets a name mean a version. */

import { armsOf } from "../../../src/models/aliases.ts";
import { versionName } from "../../../src/models/version-ref.ts";
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
import { readAlias, readVersionRef } from "../../registry/read-version-ref.ts";
import { verifyVersion } from "../../registry/version-files.ts";

const USAGE = `resnet-edge model promote NAME ID@VERSION [options]

Lets NAME mean a published version, alone. Callers ask for models by these names; "default" answers those
who name none. The version is verified first. Isolates follow within ALIASES_TTL_SECONDS.

${AUTHOR_USAGE}
${STORE_USAGE}
  --json              one line of JSON in place of words`;

const OPTIONS = { ...AUTHOR_OPTIONS, ...STORE_OPTIONS } as const;

export const promote: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, OPTIONS);
    const [nameWord = "", refWord = ""] = requireWords(words, ["NAME", "ID@VERSION"], "promote");
    const [name, ref] = [readAlias(nameWord), readVersionRef(refWord)];
    let before = "nothing";
    await withStore(options, (store) =>
      changeAliases(store, async (aliases) => {
        before = describeArms(armsOf(aliases, name));
        const changed = edit.promote(aliases, name, ref, readAuthor(options));
        await verifyVersion(store, ref);
        return changed;
      }),
    );
    return {
      result: { name, before, after: versionName(ref) },
      words: `${name} means ${versionName(ref)} now, before ${before}.`,
    };
  },
};
