import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api/api-error.ts";
import { useLanguage } from "../i18n/language.ts";

/** Says what went wrong, what to do, and when to try again. */
export function ErrorView(props: { readonly error: ApiError; readonly onRetry: () => void }) {
  const { t } = useLanguage();
  const { error } = props;
  const [seconds, setSeconds] = useState(error.retryAfterSeconds ?? 0);
  useEffect(() => {
    setSeconds(error.retryAfterSeconds ?? 0);
    const timer = setInterval(() => setSeconds((left) => Math.max(0, left - 1)), 1000);
    return () => clearInterval(timer);
  }, [error]);
  const [what, advice] = t.errors[error.code] ?? t.otherError;
  return (
    <div class="error" role="alert">
      <h2>{what}</h2>
      <p>{advice}</p>
      <button type="button" class="primary" disabled={seconds > 0} onClick={props.onRetry}>
        {seconds > 0 ? t.retryIn(seconds) : t.retry}
      </button>
      <details>
        <summary>{t.details}</summary>
        <p>
          <code>{error.code}</code>: {error.message}
        </p>
      </details>
    </div>
  );
}
