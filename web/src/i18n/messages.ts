/** All texts of the page in both languages. */
import { zh } from "./chinese.ts";
import { en, type Messages } from "./english.ts";

export type Language = "en" | "zh";

export const messages: Readonly<Record<Language, Messages>> = { en, zh };
