import { useLanguage } from "../i18n/language.ts";
import type { Language } from "../i18n/messages.ts";

/** The page's name, a link to the API, and a switch of languages. */
export function PageHeader(props: { readonly onLanguage: (language: Language) => void }) {
  const { t, language } = useLanguage();
  const other = language === "en" ? "zh" : "en";
  return (
    <header>
      <h1>resnet-edge</h1>
      <nav class="row">
        <a href="/graphql">GraphQL</a>
        <button
          type="button"
          lang={other}
          aria-label={t.languageLabel}
          onClick={() => props.onLanguage(other)}
        >
          {t.languageName}
        </button>
      </nav>
    </header>
  );
}
