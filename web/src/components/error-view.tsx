import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api/api-error.ts";
import { useLanguage } from "../i18n/language.ts";
import { openPicker } from "./photo-input.tsx";

/** Errors that the same photo always has. */
const FINAL: ReadonlySet<string> = new Set([
  "IMAGE_EMPTY",
  "IMAGE_UNSUPPORTED",
  "IMAGE_CORRUPT",
  "IMAGE_UNOPENED",
  "IMAGE_URL_FORBIDDEN",
  "IMAGE_SOURCE_DISABLED",
]);

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
  const known = adviceFor(error.format, t.formats);
  return (
    <div class="error" role="alert">
      <h2>{what}</h2>
      <p>{known ?? advice}</p>
      {FINAL.has(error.code) ? (
        <button type="button" class="primary" onClick={openPicker}>
          {t.chooseAnother}
        </button>
      ) : (
        <button type="button" class="primary" disabled={seconds > 0} onClick={props.onRetry}>
          {seconds > 0 ? t.retryIn(seconds) : t.retry}
        </button>
      )}
      <details>
        <summary>{t.details}</summary>
        <p>
          <code>{error.code}</code>: {error.message}
        </p>
      </details>
    </div>
  );
}

/** The advice for a format by a word of its name, as in "MP4 video". */
export function adviceFor(
  format: string | undefined,
  formats: Readonly<Record<string, string>>,
): string | undefined {
  const words = format?.split(" ") ?? [];
  const known = words.find((word) => Object.hasOwn(formats, word));
  return known && formats[known];
}
