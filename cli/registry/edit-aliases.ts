/** What operators do to `aliases.json`: each makes a new table, with the change in its history. */

import {
  type AliasChange,
  type Aliases,
  type Arm,
  armsOf,
  MAX_HISTORY,
  type Shadow,
  shadowOf,
  shadowSharesOf,
  sharesOf,
} from "../../src/models/aliases.ts";
import { isSameVersion, type VersionRef, versionName } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";

/** Who changes something, and why. */
export type Author = { readonly by: string; readonly at: string; readonly note?: string };

/** A table before there is any. */
export const NO_ALIASES: Aliases = { schemaVersion: 1, aliases: {} };

/** Lets a name mean one version. */
export function promote(
  aliases: Aliases,
  name: string,
  { id, version }: VersionRef,
  author: Author,
): Aliases {
  requireNotRemoved(aliases, { id, version });
  const arms = [{ id, version, weight: 1 }];
  return setArms(aliases, name, arms, { ...author, action: "promote" });
}

/** Lets several versions share a name's requests. */
export function split(
  aliases: Aliases,
  name: string,
  arms: readonly Arm[],
  author: Author,
): Aliases {
  for (const arm of arms) requireNotRemoved(aliases, arm);
  return setArms(aliases, name, arms, { ...author, action: "split" });
}

/**
 * Lets a name mean what it meant before its last change; several in a row walk back through the
 * history, past meanings with versions that were removed.
 *
 * @throws CliError where there is nothing to go back to
 */
export function rollback(aliases: Aliases, name: string, author: Author): Aliases {
  const earlier = findEarlier(aliases, name).findLast((arms) =>
    arms.every((arm) => !findRemoval(aliases, arm)),
  );
  if (earlier) return setArms(aliases, name, earlier, { ...author, action: "rollback" });
  throw new CliError(
    `${name} cannot be rolled back.`,
    armsOf(aliases, name) === undefined
      ? "There is no such name."
      : "The history knows of nothing that it meant before.",
    "See resnet-edge model list --history; name a version with model promote.",
  );
}

/** What a name meant before, latest last, without what was rolled back. */
function findEarlier({ history = [] }: Aliases, name: string): Arm[][] {
  const earlier: Arm[][] = [];
  for (const { name: changed, action, before, after } of history) {
    if (changed !== name || after === undefined) continue;
    if (action !== "rollback") {
      if (before !== undefined) earlier.push(before);
      continue;
    }
    // It went back to the latest of them that could be used.
    while (earlier.length > 0 && !isSameArms(earlier.pop(), after));
  }
  return earlier;
}

/** Runs a version after a name's answers; undefined ends that. */
export function setShadow(
  aliases: Aliases,
  name: string,
  shadow: Shadow | undefined,
  author: Author,
): Aliases {
  requireName(aliases, name);
  const known = shadowOf(aliases, name);
  if (shadow) requireNotRemoved(aliases, shadow);
  else if (!known) {
    throw new CliError(
      `${name} has no shadow.`,
      "There is nothing to end.",
      "See resnet-edge model list.",
    );
  }
  const { [name]: _, ...others } = aliases.shadows ?? {};
  const { id, version } = (shadow ?? known) as Shadow;
  return append(
    { ...aliases, shadows: shadow ? { ...others, [name]: shadow } : others },
    { ...author, action: shadow ? "shadow" : "unshadow", name, version: { id, version } },
  );
}

/** Takes a version out of a name's arms and shadow. */
export function demote(aliases: Aliases, name: string, ref: VersionRef, author: Author): Aliases {
  const arms = requireName(aliases, name);
  const left = arms.filter((arm) => !isSameVersion(arm, ref));
  const shadow = shadowOf(aliases, name);
  const withoutShadow =
    shadow && isSameVersion(shadow, ref) ? setShadow(aliases, name, undefined, author) : aliases;
  if (left.length === arms.length) return withoutShadow;
  if (left.length === 0) return rollback(withoutShadow, name, author);
  return setArms(withoutShadow, name, left, { ...author, action: "demote" });
}

/**
 * Notes that a version is removed.
 *
 * @throws CliError where a name means it, or it runs as a shadow
 */
export function noteRemoval(aliases: Aliases, ref: VersionRef, author: Author): Aliases {
  const users = [...sharesOf(aliases, ref), ...shadowSharesOf(aliases, ref)].map(
    ({ alias }) => alias,
  );
  if (users.length > 0) {
    throw new CliError(
      `${versionName(ref)} cannot be removed.`,
      `It is in use under ${[...new Set(users)].join(", ")}.`,
      "Point these at another version first: model promote, model shadow NAME --off.",
    );
  }
  return append(aliases, { ...author, action: "remove", version: ref });
}

function setArms(
  aliases: Aliases,
  name: string,
  arms: readonly Arm[],
  change: Omit<AliasChange, "name" | "before" | "after">,
): Aliases {
  const before = armsOf(aliases, name);
  // A single arm is stored without its weight.
  const after = arms.map(({ id, version, weight }) => ({
    id,
    version,
    weight: arms.length === 1 ? 1 : weight,
  }));
  if (isSameArms(before, after)) {
    throw new CliError(
      `${name} means that already.`,
      "There is nothing to change.",
      "See resnet-edge model list.",
    );
  }
  return append(
    { ...aliases, aliases: { ...aliases.aliases, [name]: after } },
    { ...change, name, ...(before === undefined ? {} : { before: [...before] }), after },
  );
}

function append(aliases: Aliases, change: AliasChange): Aliases {
  return { ...aliases, history: [...(aliases.history ?? []), change].slice(-MAX_HISTORY) };
}

function requireName(aliases: Aliases, name: string): readonly Arm[] {
  const arms = armsOf(aliases, name);
  if (arms) return arms;
  throw new CliError(
    `There is no name ${name}.`,
    `The names are ${Object.keys(aliases.aliases).sort().join(", ") || "none"}.`,
    "Give one of these, or make it with model promote.",
  );
}

function isSameArms(a: readonly Arm[] | undefined, b: readonly Arm[]): boolean {
  const names = (arms: readonly Arm[]) => arms.map((arm) => `${versionName(arm)}=${arm.weight}`);
  return a !== undefined && names(a).join() === names(b).join();
}

function findRemoval({ history = [] }: Aliases, ref: VersionRef): AliasChange | undefined {
  return history.find(
    ({ action, version }) => action === "remove" && version && isSameVersion(version, ref),
  );
}

/** Its files may still be there, but are about to go. */
function requireNotRemoved(aliases: Aliases, ref: VersionRef): void {
  const removal = findRemoval(aliases, ref);
  if (!removal) return;
  throw new CliError(
    `${versionName(ref)} cannot be used.`,
    `${removal.by} removed it on ${removal.at}.`,
    "Name another version; a removed one is never published again.",
  );
}
