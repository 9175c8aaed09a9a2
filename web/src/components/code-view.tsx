import { useState } from "preact/hooks";
import { type Asked, type CodeSamples, makeCodeSamples } from "../code-samples.ts";
import { useLanguage } from "../i18n/language.ts";

/** The request as a developer would write it. */
export function CodeView({ asked }: { readonly asked: Asked }) {
  const { t } = useLanguage();
  const [form, setForm] = useState<keyof CodeSamples>("GraphQL");
  const [copied, setCopied] = useState(false);
  const samples = makeCodeSamples(asked);
  return (
    <details class="code">
      <summary>{t.showCode}</summary>
      <div class="row">
        {(Object.keys(samples) as (keyof CodeSamples)[]).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === form}
            onClick={() => {
              setForm(name);
              setCopied(false);
            }}
          >
            {name}
          </button>
        ))}
        <button
          type="button"
          class="primary"
          onClick={() => navigator.clipboard.writeText(samples[form]).then(() => setCopied(true))}
        >
          {copied ? t.copied : t.copy}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <section aria-label={t.codeIn(form)} tabIndex={0}>
        <pre>
          <code>{samples[form]}</code>
        </pre>
      </section>
    </details>
  );
}
