/** The names of versions. */
import * as z from "zod";

/** Lower-case words joined by dashes or dots. Also safe as a segment of an R2 key. */
export const modelIdSchema = z
  .string()
  .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/, "lower-case letters, digits, '-' and '.' only")
  .max(64);

/** A semantic version: `major.minor.patch` with an optional pre-release. */
export const modelVersionSchema = z
  .string()
  .regex(
    /^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}(?:-[0-9a-z.-]+)?$/,
    "a semantic version such as 1.0.0, without leading zeros",
  )
  .max(64);

/** Schema of a {@link VersionRef}. */
export const versionRefSchema = z.strictObject({ id: modelIdSchema, version: modelVersionSchema });

/** Refers to one published version of a model. A manifest is also a valid reference. */
export type VersionRef = { readonly id: string; readonly version: string };

/** Returns `id@version`. */
export function versionName({ id, version }: VersionRef): string {
  return `${id}@${version}`;
}

/**
 * Parses `id@version`.
 *
 * @returns undefined if the text is not a version name
 */
export function parseVersionName(text: string): VersionRef | undefined {
  const at = text.indexOf("@");
  if (at < 0) return undefined;
  return versionRefSchema.safeParse({ id: text.slice(0, at), version: text.slice(at + 1) }).data;
}

export function isSameVersion(a: VersionRef, b: VersionRef): boolean {
  return a.id === b.id && a.version === b.version;
}

/** Returns the R2 key of a file of a version. */
export function versionFileKey({ id, version }: VersionRef, fileName: string): string {
  return `models/${id}/${version}/${fileName}`;
}
