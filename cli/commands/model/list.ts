import { BUCKET_OPTIONS } from "../../buckets/bucket-options.ts";
import { withStore } from "../../buckets/open-store.ts";
import { defineCommand } from "../../define-command.ts";
import { enginesOf } from "../../models/engines-of.ts";
import { readAliases } from "../../registry/change-aliases.ts";
import {
  aliasesOf,
  findMissing,
  formatHistory,
  formatVersions,
} from "../../registry/format-versions.ts";
import { listVersions } from "../../registry/published-versions.ts";

export const list = defineCommand({
  description:
    "Show every published version with its aliases, its shadows and the engines that it has a file for, and the aliases whose version is missing.",
  options: {
    history: { type: "flag", help: "show the changes of aliases too, latest last" },
    ...BUCKET_OPTIONS,
  },
  run: async ({ options }) => {
    const { aliases, versions } = await withStore(options, async (store) => ({
      aliases: await readAliases(store),
      versions: await listVersions(store),
    }));
    const missing = findMissing(aliases, versions);
    const { history = [] } = aliases;
    return {
      result: {
        versions: versions.map((found) => ({
          ...found,
          engines: found.manifest ? enginesOf(found.manifest) : [],
          ...aliasesOf(aliases, found.ref),
        })),
        missing,
        ...(options.history ? { history } : {}),
      },
      text: [
        versions.length === 0 ? "Nothing is published." : formatVersions(aliases, versions),
        ...missing.map((line) => `Missing: ${line}`),
        ...(options.history ? ["", formatHistory(history)] : []),
      ].join("\n"),
    };
  },
});
