import { useState } from "preact/hooks";
import { recommendedThreshold } from "../answer-at.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";
import type { Job } from "../use-classification.ts";
import type { Heatmap } from "../use-heatmap.ts";
import { CodeView } from "./code-view.tsx";
import { ResultColumn } from "./result-column.tsx";
import { Slider } from "./slider.tsx";

const DEFAULT_TOP_K = 5;

/** The sliders, what the models say, and the request as code. */
export function OutcomesView(props: {
  readonly job: Job & { readonly status: "DONE" };
  /** Undefined until somebody chooses one. */
  readonly threshold: number | undefined;
  readonly onThreshold: (threshold: number) => void;
  readonly opacity: number;
  readonly onOpacity: (opacity: number) => void;
  readonly heatmap: Heatmap | undefined;
  readonly onHeatmap: (column: number, classId: string | undefined) => void;
}) {
  const { t, language } = useLanguage();
  const [chosenTopK, setTopK] = useState(DEFAULT_TOP_K);
  const { job, threshold, opacity, heatmap } = props;
  const { source, outcomes } = job;
  const maxTopK = Math.max(...outcomes.map(({ classified }) => classified.predictions.length));
  const topK = Math.min(chosenTopK, maxTopK);
  const recommended = recommendedThreshold(outcomes.map(({ classified }) => classified));
  return (
    <>
      <div class="sliders">
        <Slider
          label={t.topK(topK)}
          value={topK}
          min={1}
          max={maxTopK}
          step={1}
          onChange={setTopK}
        />
        <Slider
          label={t.threshold(formatPercent(threshold ?? recommended, 0), threshold === undefined)}
          value={threshold ?? recommended}
          min={0}
          max={1}
          step={0.01}
          onChange={props.onThreshold}
        />
        <Slider
          label={t.opacity(formatPercent(opacity, 0))}
          value={opacity}
          min={0}
          max={1}
          step={0.05}
          onChange={props.onOpacity}
        />
        <p class="quiet" role="status">
          {heatmap?.picture === null && t.heatmapFailed}
          {heatmap && heatmap.picture === undefined && t.heatmapLoading}&nbsp;
        </p>
      </div>
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
          />
        ))}
      </div>
      <CodeView
        asked={{
          origin: location.origin,
          source,
          models: outcomes.at(-1)?.models ?? [],
          topK,
          threshold,
          language,
        }}
      />
    </>
  );
}
