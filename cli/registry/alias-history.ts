/** The history in `aliases.json`: what was done, by whom, and what an alias pointed to before. */
import {
  type AliasChange,
  type Aliases,
  type Arm,
  MAX_HISTORY,
  shadowSharesOf,
  sharesOf,
} from "../../src/models/aliases.ts";
import { isSameVersion, type VersionRef, versionName } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import type { Author } from "./author.ts";

/** The same table with one more entry, and without the oldest if there are too many. */
export function appendChange(aliases: Aliases, change: AliasChange): Aliases {
  return { ...aliases, history: [...(aliases.history ?? []), change].slice(-MAX_HISTORY) };
}

/** What an alias pointed to before, latest last, without what was rolled back. */
export function findEarlierArms({ history = [] }: Aliases, alias: string): Arm[][] {
  const earlier: Arm[][] = [];
  for (const { name, action, before, after } of history) {
    if (name !== alias || (after === undefined && action !== "unalias")) continue;
    if (after === undefined || action !== "rollback") {
      if (before !== undefined) earlier.push(before);
      continue;
    }
    // It went back to the latest of them that could be used.
    while (earlier.length > 0 && !isSameArms(earlier.pop(), after));
  }
  return earlier;
}

export function isSameArms(a: readonly Arm[] | undefined, b: readonly Arm[]): boolean {
  const names = (arms: readonly Arm[]) => arms.map((arm) => `${versionName(arm)}=${arm.weight}`);
  return a !== undefined && names(a).join() === names(b).join();
}

/** The entry that removed a version; undefined if none did. */
export function findRemoval({ history = [] }: Aliases, ref: VersionRef): AliasChange | undefined {
  return history.find(
    ({ action, version }) => action === "remove" && version && isSameVersion(version, ref),
  );
}

/**
 * The files of a removed version may still be there, but are about to be deleted.
 *
 * @throws CliError VERSION_REMOVED
 */
export function requireNotRemoved(aliases: Aliases, ref: VersionRef): void {
  const removal = findRemoval(aliases, ref);
  if (!removal) return;
  throw new CliError("VERSION_REMOVED", {
    what: `${versionName(ref)} cannot be used.`,
    why: `${removal.by} removed it on ${removal.at}.`,
    fix: "Use another version; a removed one is never published again.",
  });
}

/**
 * Records that a version is removed.
 *
 * @throws CliError VERSION_IN_USE if an alias points to it or runs it as its shadow
 */
export function recordRemoval(aliases: Aliases, ref: VersionRef, author: Author): Aliases {
  const users = [...sharesOf(aliases, ref), ...shadowSharesOf(aliases, ref)].map(
    ({ alias }) => alias,
  );
  if (users.length > 0) {
    throw new CliError("VERSION_IN_USE", {
      what: `${versionName(ref)} cannot be removed.`,
      why: `It is in use by ${[...new Set(users)].join(", ")}.`,
      fix: "Point these aliases to another version first (model promote), or end the shadow (model shadow ALIAS --off).",
    });
  }
  return appendChange(aliases, { ...author, action: "remove", version: ref });
}
