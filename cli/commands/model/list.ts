/** `resnet-edge model list`: what is published, and which names mean what. */

import {
  type AliasChange,
  type Aliases,
  shadowSharesOf,
  sharesOf,
} from "../../../src/models/aliases.ts";
import { versionName } from "../../../src/models/version-ref.ts";
import { STORE_OPTIONS, STORE_USAGE, withStore } from "../../buckets/open-store.ts";
import { type Command, parseOptions, requireWords } from "../../command.ts";
import { readAliases } from "../../registry/change-aliases.ts";
import { describeArms, formatShare } from "../../registry/describe-arms.ts";
import { type FoundVersion, listVersions } from "../../registry/version-files.ts";
import { formatTable } from "../../terminal/format-table.ts";

const USAGE = `resnet-edge model list [options]

Lists the published versions with the names that mean them, and names whose version is missing.

  --history           the changes of names too, latest last
${STORE_USAGE}
  --json              one line of JSON in place of words`;

const OPTIONS = { history: "boolean", ...STORE_OPTIONS } as const;

export const list: Command = {
  usage: USAGE,
  run: async (args) => {
    const { options, words } = parseOptions(args, OPTIONS);
    requireWords(words, [], "list");
    const { aliases, versions } = await withStore(options, async (store) => ({
      aliases: (await readAliases(store)).aliases,
      versions: await listVersions(store),
    }));
    const missing = findMissing(aliases, versions);
    const { history = [] } = aliases;
    return {
      result: {
        versions: versions.map((found) => ({ ...found, ...namesOf(aliases, found) })),
        missing,
        ...(options.history ? { history } : {}),
      },
      words: [
        versions.length === 0 ? "Nothing is published." : formatVersions(aliases, versions),
        ...missing.map((line) => `Missing: ${line}`),
        ...(options.history ? ["", formatHistory(history)] : []),
      ].join("\n"),
    };
  },
};

function namesOf(aliases: Aliases, { ref }: FoundVersion) {
  return { shares: sharesOf(aliases, ref), shadows: shadowSharesOf(aliases, ref) };
}

function formatVersions(aliases: Aliases, versions: readonly FoundVersion[]): string {
  const rows = versions.map((found) => {
    const { manifest, problem, ref, published } = found;
    const { shares, shadows } = namesOf(aliases, found);
    const names = [
      ...shares.map(({ alias, share }) => (share === 1 ? alias : `${alias} ${formatShare(share)}`)),
      ...shadows.map(({ alias, share }) => `${alias} (shadow, ${formatShare(share)})`),
    ];
    const size = manifest && `${(manifest.files.model.bytes / 1e6).toFixed(1)} MB`;
    return [
      versionName(ref),
      names.join(", "),
      size ?? "",
      manifest?.licence ?? "",
      published.toISOString().slice(0, 10),
      problem ?? "",
    ];
  });
  return formatTable(["version", "names", "graph", "licence", "published", "problem"], rows);
}

function findMissing(aliases: Aliases, versions: readonly FoundVersion[]): string[] {
  const published = new Set(versions.map(({ ref }) => versionName(ref)));
  return Object.entries(aliases.aliases).flatMap(([name, arms]) =>
    arms
      .map(versionName)
      .filter((version) => !published.has(version))
      .map((version) => `${name} means ${version}, which is not published`),
  );
}

function formatHistory(history: readonly AliasChange[]): string {
  if (history.length === 0) return "Nothing was changed yet.";
  const rows = history.map(({ at, by, action, name, before, after, version, note }) => [
    at,
    by,
    action,
    name ?? "",
    after === undefined
      ? version === undefined
        ? ""
        : versionName(version)
      : `${describeArms(before)} → ${describeArms(after)}`,
    note ?? "",
  ]);
  return formatTable(["at", "by", "action", "name", "change", "note"], rows);
}
