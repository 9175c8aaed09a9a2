import { useLanguage } from "../i18n/language.ts";

/** Says that nothing is lost, and offers to go on. */
export function CancelledView(props: { readonly onRetry: () => void }) {
  const { t } = useLanguage();
  return (
    <div class="progress">
      <p>{t.cancelled}</p>
      <button type="button" class="primary" onClick={props.onRetry}>
        {t.retry}
      </button>
    </div>
  );
}
