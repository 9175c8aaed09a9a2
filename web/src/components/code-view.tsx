import { useRef, useState } from "preact/hooks";
import { type Asked, type CodeSamples, makeCodeSamples } from "../code-samples.ts";
import { useLanguage } from "../i18n/language.ts";
import { SaveSentButton } from "./save-sent-button.tsx";

/** The request as a developer would write it. */
export function CodeView({ asked }: { readonly asked: Asked }) {
  const { t } = useLanguage();
  const code = useRef<HTMLElement>(null);
  const [form, setForm] = useState<keyof CodeSamples>("GraphQL");
  const [copied, setCopied] = useState<boolean>();
  const samples = makeCodeSamples(asked);
  const { source } = asked;
  const copy = async () => {
    try {
      // Browsers hide the clipboard from pages without https.
      await navigator.clipboard.writeText(samples[form]);
      setCopied(true);
    } catch {
      if (code.current) getSelection()?.selectAllChildren(code.current);
      setCopied(false);
    }
  };
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
              setCopied(undefined);
            }}
          >
            {name}
          </button>
        ))}
        <button type="button" class="primary" onClick={copy}>
          {copied ? t.copied : t.copy}
        </button>
      </div>
      {copied === false && <p role="alert">{t.copyByHand}</p>}
      {source.kind === "FILE" && (
        <>
          <p class="quiet">
            {source.changed && `${t.codeReduced} `}
            {t.codeFile(source.name)}
          </p>
          <SaveSentButton source={source} />
        </>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1). */}
      <section aria-label={t.codeIn(form)} tabIndex={0}>
        <pre>
          <code ref={code}>{samples[form]}</code>
        </pre>
      </section>
    </details>
  );
}
