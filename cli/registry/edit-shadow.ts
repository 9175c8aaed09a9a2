/** What operators do to an alias's shadow. */
import { type Aliases, type Arm, armsOf, type Shadow, shadowOf } from "../../src/models/aliases.ts";
import { isSameVersion, type VersionRef, versionName } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";
import { appendChange, requireNotRemoved } from "./alias-history.ts";
import type { Author } from "./author.ts";

/**
 * Runs a version behind an alias's answers.
 *
 * @throws CliError ALIAS_UNKNOWN, VERSION_REMOVED; ALIAS_UNCHANGED if the version answers all requests itself
 */
export function setShadow(
  aliases: Aliases,
  alias: string,
  shadow: Shadow,
  author: Author,
): Aliases {
  const arms = requireAlias(aliases, alias);
  requireNotRemoved(aliases, shadow);
  if (isOnlyArm(arms, shadow)) {
    throw new CliError("ALIAS_UNCHANGED", {
      what: `${versionName(shadow)} cannot be the shadow of ${alias}.`,
      why: "It answers all requests of the alias, so there is nothing to compare it with.",
      fix: "Give another version.",
    });
  }
  const { id, version } = shadow;
  return appendChange(
    { ...aliases, shadows: { ...aliases.shadows, [alias]: shadow } },
    { ...author, action: "shadow", name: alias, version: { id, version } },
  );
}

/** @throws CliError ALIAS_UNKNOWN, SHADOW_MISSING */
export function endShadow(aliases: Aliases, alias: string, author: Author): Aliases {
  requireAlias(aliases, alias);
  const shadow = shadowOf(aliases, alias);
  if (!shadow) {
    throw new CliError("SHADOW_MISSING", {
      what: `${alias} has no shadow.`,
      why: "There is nothing to end.",
      fix: "See resnet-edge model list.",
    });
  }
  const { [alias]: _, ...others } = aliases.shadows ?? {};
  const { id, version } = shadow;
  return appendChange(
    { ...aliases, shadows: others },
    { ...author, action: "unshadow", name: alias, version: { id, version } },
  );
}

/** Whether no other version answers. */
export function isOnlyArm(arms: readonly Arm[], ref: VersionRef): boolean {
  return arms.every((arm) => isSameVersion(arm, ref));
}

/** @throws CliError ALIAS_UNKNOWN */
export function requireAlias(aliases: Aliases, alias: string): readonly Arm[] {
  const arms = armsOf(aliases, alias);
  if (arms) return arms;
  throw new CliError("ALIAS_UNKNOWN", {
    what: `There is no alias ${alias}.`,
    why: `The aliases are ${Object.keys(aliases.aliases).sort().join(", ") || "none"}.`,
    fix: "Give one of these, or create it with model promote.",
  });
}
