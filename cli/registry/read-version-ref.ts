import { modelIdSchema, parseVersionName, type VersionRef } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";

/**
 * Reads `id@version`.
 *
 * @throws CliError OPTION_INVALID
 */
export function readVersionRef(text: string): VersionRef {
  const ref = parseVersionName(text);
  if (ref) return ref;
  throw new CliError("OPTION_INVALID", {
    what: `"${text}" is not a version.`,
    why: "A version is written ID@VERSION, with a semantic version such as 1.0.0.",
    fix: "Give a version such as resnet18@1.0.0; resnet-edge model list shows them all.",
  });
}

/** @throws CliError OPTION_INVALID if an alias cannot be called this */
export function readAlias(text: string): string {
  if (modelIdSchema.safeParse(text).success) return text;
  throw new CliError("OPTION_INVALID", {
    what: `"${text}" cannot be an alias.`,
    why: "An alias has lower-case letters and digits only, in words joined by '-' or '.'.",
    fix: "Give an alias such as default or resnet18.",
  });
}
