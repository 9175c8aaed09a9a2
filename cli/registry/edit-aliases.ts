/** What operators do to an alias: each makes a new table, with the change in its history. */
import {
  type AliasChange,
  type Aliases,
  type Arm,
  armsOf,
  DEFAULT_ALIAS,
  shadowOf,
} from "../../src/models/aliases.ts";
import { isSameVersion, type VersionRef, versionName } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import {
  appendChange,
  findEarlierArms,
  findRemoval,
  isSameArms,
  requireNotRemoved,
} from "./alias-history.ts";
import type { Author } from "./author.ts";
import { endShadow, isOnlyArm, requireAlias } from "./edit-shadow.ts";

/**
 * Points an alias to one version.
 *
 * @throws CliError VERSION_REMOVED, ALIAS_UNCHANGED
 */
export function promote(
  aliases: Aliases,
  alias: string,
  { id, version }: VersionRef,
  author: Author,
): Aliases {
  return split(aliases, alias, [{ id, version, weight: 1 }], author, "promote");
}

/**
 * Splits an alias's requests between several versions.
 *
 * @throws CliError VERSION_REMOVED, ALIAS_UNCHANGED
 */
export function split(
  aliases: Aliases,
  alias: string,
  arms: readonly Arm[],
  author: Author,
  action: "split" | "promote" = "split",
): Aliases {
  for (const arm of arms) requireNotRemoved(aliases, arm);
  return setArms(aliases, alias, arms, { ...author, action });
}

/**
 * Points an alias back to what it pointed to before its last change. Several in a row walk back through
 * the history, and skip what has a version that was removed.
 *
 * @throws CliError ALIAS_UNKNOWN, ROLLBACK_IMPOSSIBLE
 */
export function rollback(aliases: Aliases, alias: string, author: Author): Aliases {
  const earlier = findEarlierArms(aliases, alias).findLast((arms) =>
    arms.every((arm) => !findRemoval(aliases, arm)),
  );
  if (earlier) return setArms(aliases, alias, earlier, { ...author, action: "rollback" });
  requireAlias(aliases, alias);
  throw new CliError("ROLLBACK_IMPOSSIBLE", {
    what: `${alias} cannot be rolled back.`,
    why: explainNoEarlierArms(aliases, alias),
    fix: "See resnet-edge model list --history, and choose a version with model promote.",
  });
}

/**
 * Takes a version out of an alias's arms and shadow; an alias that points to nothing else is rolled back.
 *
 * @throws CliError ALIAS_UNKNOWN, ROLLBACK_IMPOSSIBLE
 */
export function demote(aliases: Aliases, alias: string, ref: VersionRef, author: Author): Aliases {
  const arms = requireAlias(aliases, alias);
  const left = arms.filter((arm) => !isSameVersion(arm, ref));
  const shadow = shadowOf(aliases, alias);
  const withoutShadow =
    shadow && isSameVersion(shadow, ref) ? endShadow(aliases, alias, author) : aliases;
  if (left.length === arms.length) return withoutShadow;
  if (left.length === 0) return rollback(withoutShadow, alias, author);
  return setArms(withoutShadow, alias, left, { ...author, action: "demote" });
}

/**
 * Deletes an alias, and its shadow. Callers who ask for it get MODEL_NOT_FOUND from then on.
 *
 * @throws CliError ALIAS_UNKNOWN, ALIAS_REQUIRED for the alias "default"
 */
export function unalias(aliases: Aliases, alias: string, author: Author): Aliases {
  const before = requireAlias(aliases, alias);
  if (alias === DEFAULT_ALIAS) {
    throw new CliError("ALIAS_REQUIRED", {
      what: `${alias} cannot be deleted.`,
      why: "It answers callers who name no model.",
      fix: "Point it to another version with model promote, or go back with model rollback.",
    });
  }
  const { [alias]: _arms, ...others } = aliases.aliases;
  const { [alias]: _shadow, ...otherShadows } = aliases.shadows ?? {};
  return appendChange(
    { ...aliases, aliases: others, ...(aliases.shadows && { shadows: otherShadows }) },
    { ...author, action: "unalias", name: alias, before: [...before] },
  );
}

function setArms(
  aliases: Aliases,
  alias: string,
  arms: readonly Arm[],
  change: Omit<AliasChange, "name" | "before" | "after">,
): Aliases {
  const before = armsOf(aliases, alias);
  // A single arm is stored without its weight.
  const after = arms.map(({ id, version, weight }) => ({
    id,
    version,
    weight: arms.length === 1 ? 1 : weight,
  }));
  if (isSameArms(before, after)) {
    throw new CliError("ALIAS_UNCHANGED", {
      what: `${alias} is unchanged.`,
      why: "It already points to this.",
      fix: "See what the aliases point to with resnet-edge model list.",
    });
  }
  const changed = appendChange(
    { ...aliases, aliases: { ...aliases.aliases, [alias]: after } },
    { ...change, name: alias, ...(before === undefined ? {} : { before: [...before] }), after },
  );
  const shadow = shadowOf(aliases, alias);
  // A version that answers every request has nothing to be compared with.
  return shadow && isOnlyArm(after, shadow)
    ? endShadow(changed, alias, { at: change.at, by: change.by })
    : changed;
}

/**
 * Says that a change has ended the alias's shadow, because the shadow now answers itself.
 *
 * @returns undefined if it has not
 */
export function noteEndedShadow(
  before: Aliases,
  after: Aliases,
  alias: string,
): string | undefined {
  const shadow = shadowOf(before, alias);
  if (!shadow || shadowOf(after, alias)) return undefined;
  return `Note: ${alias} no longer has a shadow, because ${versionName(shadow)} now answers all its requests.`;
}

/** Says why nothing is left to roll back. */
function explainNoEarlierArms(aliases: Aliases, alias: string): string {
  if (findEarlierArms(aliases, alias).length > 0) {
    return "Everything that it pointed to before has a version that was removed.";
  }
  const { history = [] } = aliases;
  const rolledBack = history.some(({ name, action }) => name === alias && action === "rollback");
  return rolledBack
    ? "All changes in its history have been rolled back already."
    : "The history has nothing that it pointed to before.";
}
