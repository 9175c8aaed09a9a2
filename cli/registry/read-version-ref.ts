import { modelIdSchema, parseVersionName, type VersionRef } from "../../src/models/version-ref.ts";
import { CliError } from "../cli-error.ts";

/**
 * Reads `id@version`.
 *
 * @throws CliError where the text is none
 */
export function readVersionRef(text: string): VersionRef {
  const ref = parseVersionName(text);
  if (ref) return ref;
  throw new CliError(
    `"${text}" names no version.`,
    "A version is written ID@VERSION.",
    "Give one as in resnet18@1.0.0; resnet-edge model list has them.",
  );
}

/** @throws CliError where the text cannot be a name that callers ask for */
export function readAlias(text: string): string {
  if (modelIdSchema.safeParse(text).success) return text;
  throw new CliError(
    `"${text}" cannot be a name.`,
    "Names have lower-case letters, digits, '-' and '.' only.",
    "Give one as default or resnet18.",
  );
}
