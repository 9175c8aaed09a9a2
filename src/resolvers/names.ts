import type { ClassLabel, Locale } from "../labels/label-table.ts";

/** What an answer is called that is none of the classes. */
export const UNKNOWN_NAMES: Readonly<Record<Locale, string>> = { EN: "unknown", ZH: "未知类别" };

/** The display name of a class. */
export function displayName(label: ClassLabel, locale: Locale): string {
  return label.names[locale][0] as string;
}

/** The other names of a class. */
export function otherNames(label: ClassLabel, locale: Locale): string[] {
  return label.names[locale].slice(1);
}
