import type { Kind, Locale } from "../labels/class-label.ts";

/** The display name of an answer without a class. */
export const UNKNOWN_NAMES: Readonly<Record<Locale, string>> = { EN: "unknown", ZH: "无法确定" };

/** Returns the display name of a class or kind. */
export function displayName({ names }: Kind, locale: Locale): string {
  return names[locale][0] as string;
}

/** Returns the other names of a class or kind. */
export function otherNames({ names }: Kind, locale: Locale): string[] {
  return names[locale].slice(1);
}
