import type { Prediction } from "../api/classify-photo.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";

/** One class, how probable it is, and a button for its heat map. */
export function PredictionBar(props: {
  readonly prediction: Prediction;
  readonly below: boolean;
  /** Whether its heat map is shown. */
  readonly shown: boolean;
  /** Models that are compared with and cannot give this answer. */
  readonly unknownTo: readonly string[];
  readonly onHeatmap: (classId: string | undefined) => void;
}) {
  const { t, language } = useLanguage();
  const { prediction, below, shown, unknownTo } = props;
  const { id, confidence } = prediction;
  const name = prediction[language];
  const ancestors = language === "en" ? prediction.enAncestors : prediction.zhAncestors;
  // A class without names is called by its id.
  const about =
    unknownTo.length > 0
      ? [t.unknownTo(unknownTo.join(", "))]
      : [...(id === name ? [] : [id]), ...ancestors.map(({ label }) => `› ${label}`)];
  return (
    <li class={`${below ? "below" : ""} ${unknownTo.length > 0 ? "foreign" : ""}`}>
      <div class="row">
        <span class="name">
          {name}
          {below && <span class="unseen"> ({t.belowShort})</span>}
        </span>
        <span>{formatPercent(confidence)}</span>
      </div>
      <meter min={0} max={1} value={confidence} aria-label={below ? t.below(name) : name} />
      <div class="row quiet">
        <span>{about.join(" ")}</span>
        <button
          type="button"
          class="small"
          aria-pressed={shown}
          aria-label={t.heatmapButton(name)}
          onClick={() => props.onHeatmap(shown ? undefined : id)}
        >
          {t.heatmap}
        </button>
      </div>
    </li>
  );
}
