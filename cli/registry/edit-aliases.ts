/** What operators do to `aliases.json`: each makes a new table, with the change in its history. */
import {
  type AliasChange,
  type Aliases,
  type AliasMeaning,
  armsOf,
  MAX_HISTORY,
  type ModelArm,
  type ModelTarget,
  meaningOf,
  type Shadow,
  sameTarget,
  shadowOf,
  shadowSharesOf,
  sharesOf,
  targetName,
} from "../../src/models/aliases.ts";
import { CliError } from "../cli-error.ts";

/** Who changes something, and why. */
export type Author = { readonly by: string; readonly at: string; readonly note?: string };

/** A table before there is any. */
export const NO_ALIASES: Aliases = { schemaVersion: 1, aliases: {} };

/** Lets a name mean one version. */
export function promote(
  aliases: Aliases,
  name: string,
  target: ModelTarget,
  author: Author,
): Aliases {
  requireNotRemoved(aliases, target);
  return setMeaning(aliases, name, target, { ...author, action: "promote" });
}

/** Lets several versions share a name's requests. */
export function split(
  aliases: Aliases,
  name: string,
  arms: readonly ModelArm[],
  author: Author,
): Aliases {
  for (const arm of arms) requireNotRemoved(aliases, arm);
  return setMeaning(aliases, name, [...arms], { ...author, action: "split" });
}

/**
 * Lets a name mean what it meant before its last change; several in a row walk back through the
 * history, past meanings with versions that were removed.
 *
 * @throws CliError where there is nothing to go back to
 */
export function rollback(aliases: Aliases, name: string, author: Author): Aliases {
  const earlier = findEarlier(aliases, name).findLast((meaning) =>
    armsOf(meaning).every((arm) => !findRemoval(aliases, arm)),
  );
  if (earlier) return setMeaning(aliases, name, earlier, { ...author, action: "rollback" });
  throw new CliError(
    `${name} cannot be rolled back.`,
    meaningOf(aliases, name) === undefined
      ? "There is no such name."
      : "The history knows of nothing that it meant before.",
    "See resnet-edge model list --history; name a version with model promote.",
  );
}

/** What a name meant before, latest last, without what was rolled back. */
function findEarlier({ history = [] }: Aliases, name: string): AliasMeaning[] {
  const earlier: AliasMeaning[] = [];
  for (const { name: changed, action, before, after } of history) {
    if (changed !== name || after === undefined) continue;
    if (action !== "rollback") {
      if (before !== undefined) earlier.push(before);
      continue;
    }
    // It went back to the latest of them that could be used.
    while (earlier.length > 0 && !isSameMeaning(earlier.pop(), after));
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
  const { model, version } = (shadow ?? known) as Shadow;
  return append(
    { ...aliases, shadows: shadow ? { ...others, [name]: shadow } : others },
    { ...author, action: shadow ? "shadow" : "unshadow", name, version: { model, version } },
  );
}

/** Takes a version out of a name's arms and shadow. */
export function demote(
  aliases: Aliases,
  name: string,
  target: ModelTarget,
  author: Author,
): Aliases {
  const arms = armsOf(requireName(aliases, name));
  const left = arms.filter((arm) => !sameTarget(arm, target));
  const shadow = shadowOf(aliases, name);
  const withoutShadow =
    shadow && sameTarget(shadow, target) ? setShadow(aliases, name, undefined, author) : aliases;
  if (left.length === arms.length) return withoutShadow;
  if (left.length === 0) return rollback(withoutShadow, name, author);
  const [only, ...others] = left as [ModelArm, ...ModelArm[]];
  const { model, version } = only;
  const meaning = others.length === 0 ? { model, version } : left;
  return setMeaning(withoutShadow, name, meaning, { ...author, action: "demote" });
}

/**
 * Notes that a version is removed.
 *
 * @throws CliError where a name means it, or it runs as a shadow
 */
export function noteRemoval(aliases: Aliases, target: ModelTarget, author: Author): Aliases {
  const users = [...sharesOf(aliases, target), ...shadowSharesOf(aliases, target)].map(
    ({ alias }) => alias,
  );
  if (users.length > 0) {
    throw new CliError(
      `${targetName(target)} cannot be removed.`,
      `It is in use under ${[...new Set(users)].join(", ")}.`,
      "Point these at another version first: model promote, model shadow NAME --off.",
    );
  }
  return append(aliases, { ...author, action: "remove", version: target });
}

function setMeaning(
  aliases: Aliases,
  name: string,
  after: AliasMeaning,
  change: Omit<AliasChange, "name" | "before" | "after">,
): Aliases {
  const before = meaningOf(aliases, name);
  const meaning = Array.isArray(after)
    ? after.map(({ model, version, weight }) => ({ model, version, weight }))
    : { model: after.model, version: after.version };
  if (isSameMeaning(before, meaning)) {
    throw new CliError(
      `${name} means that already.`,
      "There is nothing to change.",
      "See resnet-edge model list.",
    );
  }
  return append(
    { ...aliases, aliases: { ...aliases.aliases, [name]: meaning } },
    { ...change, name, ...(before === undefined ? {} : { before }), after: meaning },
  );
}

function append(aliases: Aliases, change: AliasChange): Aliases {
  return { ...aliases, history: [...(aliases.history ?? []), change].slice(-MAX_HISTORY) };
}

function requireName(aliases: Aliases, name: string): AliasMeaning {
  const meaning = meaningOf(aliases, name);
  if (meaning !== undefined) return meaning;
  throw new CliError(
    `There is no name ${name}.`,
    `The names are ${Object.keys(aliases.aliases).sort().join(", ") || "none"}.`,
    "Give one of these, or make it with model promote.",
  );
}

function isSameMeaning(a: AliasMeaning | undefined, b: AliasMeaning | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function findRemoval({ history = [] }: Aliases, target: ModelTarget): AliasChange | undefined {
  return history.find(
    ({ action, version }) => action === "remove" && version && sameTarget(version, target),
  );
}

/** Its files may still be there, but are about to go. */
function requireNotRemoved(aliases: Aliases, target: ModelTarget): void {
  const removal = findRemoval(aliases, target);
  if (!removal) return;
  throw new CliError(
    `${targetName(target)} cannot be used.`,
    `${removal.by} removed it on ${removal.at}.`,
    "Name another version; a removed one is never published again.",
  );
}
