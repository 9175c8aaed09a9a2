import { useEffect, useState } from "preact/hooks";
import { useLanguage } from "../i18n/language.ts";
import type { Job } from "../use-classification.ts";

const SLOW_AFTER_MS = 4000;

/** Shows how far the photo is, and says so if it takes long. */
export function ProgressView(props: { readonly job: Job; readonly onCancel: () => void }) {
  const { t } = useLanguage();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  const { job } = props;
  const percent = job.status === "SENDING" ? job.percent : undefined;
  const text =
    job.status === "PREPARING"
      ? t.preparing
      : percent !== undefined
        ? t.sending(percent)
        : t.classifying;
  return (
    <div class="progress">
      <p>{text}</p>
      {percent === undefined ? (
        <progress aria-label={text} />
      ) : (
        <progress aria-label={text} value={percent} max={100} />
      )}
      {slow && <p class="quiet">{t.slow}</p>}
      <button type="button" onClick={props.onCancel}>
        {t.cancel}
      </button>
    </div>
  );
}
