import type { Kind, Locale } from "../labels/class-label.ts";

/** What an answer is called that is none of the classes. */
export const UNKNOWN_NAMES: Readonly<Record<Locale, string>> = { EN: "unknown", ZH: "未知类别" };

/** The display name of a class. */
export function displayName({ names }: Kind, locale: Locale): string {
  return names[locale][0] as string;
}

/** The other names of a class. */
export function otherNames({ names }: Kind, locale: Locale): string[] {
  return names[locale].slice(1);
}
