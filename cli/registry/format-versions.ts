/** What `model list` shows. */
import {
  type AliasChange,
  type Aliases,
  shadowSharesOf,
  sharesOf,
} from "../../src/models/aliases.ts";
import { type VersionRef, versionName } from "../../src/models/version-ref.ts";
import { enginesOf } from "../models/engines-of.ts";
import { formatTable } from "../terminal/format-table.ts";
import { describeArms, formatShare } from "./describe-arms.ts";
import { describeOrigin } from "./describe-origin.ts";
import type { FoundVersion } from "./published-versions.ts";

export function aliasesOf(aliases: Aliases, ref: VersionRef) {
  return { shares: sharesOf(aliases, ref), shadows: shadowSharesOf(aliases, ref) };
}

/** The aliases that point to versions which are not published, one sentence each. */
export function findMissing(aliases: Aliases, versions: readonly FoundVersion[]): string[] {
  const published = new Set(versions.map(({ ref }) => versionName(ref)));
  return Object.entries(aliases.aliases).flatMap(([alias, arms]) =>
    arms
      .map(versionName)
      .filter((version) => !published.has(version))
      .map((version) => `${alias} points to ${version}, which is not published`),
  );
}

export function formatVersions(aliases: Aliases, versions: readonly FoundVersion[]): string {
  const rows = versions.map(({ manifest, problem, ref, published }) => {
    const { shares, shadows } = aliasesOf(aliases, ref);
    const names = [
      ...shares.map(({ alias, share }) => (share === 1 ? alias : `${alias} ${formatShare(share)}`)),
      ...shadows.map(({ alias, share }) => `${alias} (shadow, ${formatShare(share)})`),
    ];
    return [
      versionName(ref),
      names.join(", "),
      manifest ? `${(manifest.files.model.bytes / 1e6).toFixed(1)} MB` : "",
      manifest ? enginesOf(manifest).join(", ") : "",
      manifest?.licence ?? "",
      manifest ? describeOrigin(manifest) : "",
      published.toISOString().slice(0, 10),
      problem ?? "",
    ];
  });
  return formatTable(
    ["version", "aliases", "graph", "engines", "licence", "trained from", "published", "problem"],
    rows,
  );
}

export function formatHistory(history: readonly AliasChange[]): string {
  if (history.length === 0) return "The history is empty.";
  const rows = history.map((change) => [
    change.at,
    change.by,
    change.action,
    change.name ?? "",
    describeChange(change),
    change.note ?? "",
  ]);
  return formatTable(["at", "by", "action", "alias", "change", "note"], rows);
}

function describeChange({ action, before, after, version }: AliasChange): string {
  if (action === "unalias") return `${describeArms(before)} → nothing`;
  if (after !== undefined) return `${describeArms(before)} → ${describeArms(after)}`;
  return version === undefined ? "" : versionName(version);
}
