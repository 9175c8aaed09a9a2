import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { recall, remember } from "../stored-settings.ts";
import type { Messages } from "./en.ts";
import { type Language, messages } from "./messages.ts";

const KEY = "language";

/** The page's language. */
export const LanguageContext = createContext<Language>("en");

/** The page's language and its texts. */
export function useLanguage(): { readonly language: Language; readonly t: Messages } {
  const language = useContext(LanguageContext);
  return { language, t: messages[language] };
}

/** The state for {@link LanguageContext}, remembered by the browser. */
export function useLanguageState() {
  const [language, setLanguage] = useState(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    remember(KEY, language);
    document.title = messages[language].title;
    const description = document.querySelector('meta[name="description"]');
    description?.setAttribute("content", messages[language].description);
  }, [language]);
  return [language, setLanguage] as const;
}

/** The language that was chosen last, otherwise the browser's. */
function initialLanguage(): Language {
  const chosen = recall(KEY);
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** 0.1234 as "12.3%". */
export function formatPercent(fraction: number, digits = 1): string {
  const percent = 100 * fraction;
  const rounded = percent.toFixed(digits);
  // No confidence below 1 is shown as certainty.
  const tooHigh = percent < 100 && Number(rounded) === 100;
  return `${tooHigh ? (100 - 10 ** -digits).toFixed(digits) : rounded}%`;
}
