import { ALIASES_KEY } from "../../../src/models/aliases.ts";
import { type VersionRef, versionFileKey, versionName } from "../../../src/models/version-ref.ts";
import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import type { ModelStore } from "../../buckets/model-store.ts";
import { withStore } from "../../buckets/open-store.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../define-command.ts";
import { MANIFEST } from "../../models/model-folder.ts";
import { VERSION } from "../../registry/alias-arguments.ts";
import { recordRemoval } from "../../registry/alias-history.ts";
import { AUTHOR_OPTIONS, type Author, readAuthor } from "../../registry/author.ts";
import { changeAliases } from "../../registry/change-aliases.ts";
import { TOMBSTONE } from "../../registry/published-versions.ts";

export const remove = defineCommand({
  description:
    "Delete a published version that no alias points to and no shadow runs. Its number can never be published again, because caches and receipts may still mention it. Files that an interrupted publication has left are deleted too; that version can be published afterwards.",
  arguments: { version: VERSION },
  options: { ...AUTHOR_OPTIONS, ...BUCKET_OPTIONS },
  run: async ({ args: { version: ref }, options }) => {
    const author = readAuthor(options);
    const removed = await withStore(options, (store) => removeVersion(store, ref, author));
    const version = versionName(ref);
    return {
      result: { version, removed },
      text: `Removed ${version}: ${removed.join(", ")}. The history in ${ALIASES_KEY} records it.`,
    };
  },
});

async function removeVersion(store: ModelStore, ref: VersionRef, author: Author) {
  const prefix = versionFileKey(ref, "");
  const found = (await store.list(prefix)).map(({ key }) => key);
  const keys = found.filter((key) => !key.endsWith(`/${TOMBSTONE}`));
  if (keys.length === 0) throw nothingThere(store, ref, found.length > 0);
  // First of all, so that nobody promotes the version meanwhile: a promotion fails by the changed etag.
  await changeAliases(store, (aliases) => recordRemoval(aliases, ref, author));
  const manifest = prefix + MANIFEST;
  if (keys.includes(manifest)) {
    const tombstone = new TextEncoder().encode(`${JSON.stringify(author)}\n`);
    await store.put(prefix + TOMBSTONE, tombstone, { ifAbsent: true });
    // Before the rest: a version without a manifest looks unpublished, not broken.
    await store.delete([manifest]);
  }
  await store.delete(keys.filter((key) => key !== manifest));
  return keys;
}

function nothingThere(store: ModelStore, ref: VersionRef, wasRemoved: boolean): CliError {
  return new CliError(wasRemoved ? "VERSION_REMOVED" : "VERSION_MISSING", {
    what: `${versionName(ref)} cannot be removed.`,
    why: wasRemoved ? "It was already removed." : `It has no files in ${store.name}.`,
    fix: "See what is published with resnet-edge model list.",
  });
}
