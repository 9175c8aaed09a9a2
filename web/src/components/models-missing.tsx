import { useLanguage } from "../i18n/language.ts";

/** Says that the list of models is missing. Photos are still answered, by the default model. */
export function ModelsMissing({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useLanguage();
  return (
    <div class="row" role="alert">
      <span class="warning">{t.modelsMissing}</span>
      <button type="button" class="small" onClick={onRetry}>
        {t.retry}
      </button>
    </div>
  );
}
