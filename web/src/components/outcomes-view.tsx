import { useMemo } from "preact/hooks";
import type { PhotoSource } from "../api/classify-photo.ts";
import { modelName } from "../api/published-models.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";
import { useClasses } from "../use-classes.ts";
import type { Outcome } from "../use-classification.ts";
import type { Heatmap } from "../use-heatmap.ts";
import { createWhoLacks } from "../who-lacks.ts";
import { ResultColumn } from "./result-column.tsx";
import { Slider } from "./slider.tsx";

/** What the models say, and the sliders below it. */
export function OutcomesView(props: {
  /** What was sent. */
  readonly source: PhotoSource;
  readonly outcomes: readonly Outcome[];
  readonly topK: number;
  readonly maxTopK: number;
  readonly onTopK: (count: number) => void;
  /** Undefined until somebody chooses one. */
  readonly threshold: number | undefined;
  /** The threshold until then. */
  readonly recommended: number;
  readonly onThreshold: (threshold: number | undefined) => void;
  readonly opacity: number;
  readonly onOpacity: (opacity: number) => void;
  readonly heatmap: Heatmap | undefined;
  readonly onHeatmap: (column: number, classId: string | undefined) => void;
}) {
  const { t } = useLanguage();
  const { source, outcomes, topK, threshold, recommended, opacity, heatmap } = props;
  const votes = outcomes.length > 1 ? outcomes.flatMap(({ classified }) => classified.votes) : [];
  const classes = useClasses(votes.map(({ model }) => modelName(model)));
  const whoLacks = useMemo(() => createWhoLacks(outcomes, classes), [outcomes, classes]);
  return (
    <>
      <div class="columns">
        {outcomes.map((outcome, column) => (
          <ResultColumn
            key={outcome.models.join()}
            outcome={outcome}
            source={source}
            named={outcomes.length > 1}
            topK={topK}
            threshold={threshold}
            shownClass={heatmap?.column === column ? heatmap.classId : undefined}
            onHeatmap={(classId) => props.onHeatmap(column, classId)}
            whoLacks={(classId) => whoLacks(outcome, classId)}
          />
        ))}
      </div>
      <p class="quiet">
        {heatmap?.explanation === null && t.heatmapFailed(heatmap.retryAfterSeconds)}
        {heatmap && heatmap.explanation === undefined && t.heatmapLoading}&nbsp;
      </p>
      <div class="sliders">
        <Slider
          label={t.topK(topK)}
          value={topK}
          min={1}
          max={props.maxTopK}
          step={1}
          onChange={props.onTopK}
        />
        <div>
          <Slider
            label={t.threshold(formatPercent(threshold ?? recommended, 0), threshold === undefined)}
            value={threshold ?? recommended}
            min={0}
            max={1}
            step={0.01}
            onChange={props.onThreshold}
          />
          <button
            type="button"
            class="small"
            disabled={threshold === undefined}
            onClick={() => props.onThreshold(undefined)}
          >
            {t.resetThreshold}
          </button>
        </div>
        <Slider
          label={t.opacity(formatPercent(opacity, 0))}
          value={opacity}
          min={0}
          max={1}
          step={0.05}
          onChange={props.onOpacity}
        />
      </div>
    </>
  );
}
