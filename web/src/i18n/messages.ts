/** All texts of the page in both languages. */
import { en, type Messages } from "./en.ts";
import { zh } from "./zh.ts";

export type Language = "en" | "zh";

export const messages: Readonly<Record<Language, Messages>> = { en, zh };
