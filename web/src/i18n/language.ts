import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Language, type Messages, messages } from "./messages.ts";

/** A thing with a name in both languages. */
export type Named = { readonly en: string; readonly zh: string };

/** The page's language. */
export const LanguageContext = createContext<Language>("en");

/** The words of the page's language, and the language itself. */
export function useLanguage(): { readonly language: Language; readonly t: Messages } {
  const language = useContext(LanguageContext);
  return { language, t: messages[language] };
}

/** The language that was chosen last, else the browser's. */
export function initialLanguage(): Language {
  const chosen = localStorage.getItem("language");
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** 0.1234 as "12.3 %". */
export function formatPercent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}
