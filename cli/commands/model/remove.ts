/** `resnet-edge model remove`: deletes a version that nothing uses. */

import { ALIASES_KEY } from "../../../src/models/aliases.ts";
import { versionFileKey, versionName } from "../../../src/models/version-ref.ts";

import type { ModelStore } from "../../buckets/model-store.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { type Command, parseOptions, requireWords } from "../../command.ts";
import { MANIFEST } from "../../models/model-folder.ts";
import {
  AUTHOR_OPTIONS,
  AUTHOR_USAGE,
  changeAliases,
  readAuthor,
} from "../../registry/change-aliases.ts";
import { noteRemoval } from "../../registry/edit-aliases.ts";
import { readVersionRef } from "../../registry/read-version-ref.ts";
import { TOMBSTONE } from "../../registry/version-files.ts";

const USAGE = `resnet-edge model remove ID@VERSION [options]

Deletes a published version that no name means and no shadow runs. Its number is never used again: whoever
remembers the version must not meet another. What an interrupted publication left is cleared too, and may
be published afterwards.

${AUTHOR_USAGE}
${STORE_USAGE}
  --json              one line of JSON in place of words`;

const OPTIONS = { ...AUTHOR_OPTIONS, ...STORE_OPTIONS } as const;

export const remove: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, OPTIONS);
    const [word = ""] = requireWords(words, ["ID@VERSION"], "remove");
    const ref = readVersionRef(word);
    const author = readAuthor(options);
    const removed = await withStore(options, async (store) => {
      const prefix = versionFileKey(ref, "");
      const found = (await store.list(prefix)).map(({ key }) => key);
      const keys = found.filter((key) => !key.endsWith(`/${TOMBSTONE}`));
      if (keys.length === 0) throw nothingThere(store, word, found.length > 0);
      // First of all, so that nobody promotes it meanwhile: whoever does loses by the changed etag.
      await changeAliases(store, (aliases) => noteRemoval(aliases, ref, author));
      const manifest = prefix + MANIFEST;
      if (keys.includes(manifest)) {
        const tombstone = new TextEncoder().encode(`${JSON.stringify(author)}\n`);
        await store.put(prefix + TOMBSTONE, tombstone, { ifAbsent: true });
        // Before the rest: what has no manifest looks unpublished, not broken.
        await store.delete([manifest]);
      }
      await store.delete(keys.filter((key) => key !== manifest));
      return keys;
    });
    return {
      result: { version: versionName(ref), removed },
      words: `${versionName(ref)} is removed: ${removed.join(", ")}. ${ALIASES_KEY} has it in its history.`,
    };
  },
};

function nothingThere(store: ModelStore, word: string, wasRemoved: boolean): CliError {
  return new CliError(
    `${word} cannot be removed.`,
    wasRemoved ? "It was removed before." : `${store.name} has nothing of it.`,
    "See what is published with resnet-edge model list.",
  );
}
