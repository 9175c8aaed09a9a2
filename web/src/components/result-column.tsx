import { answerAt, isBelow, recommendedThreshold } from "../answer-at.ts";
import { modelName, type Prediction } from "../api/classify-photo.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";
import { saveFile } from "../save-file.ts";
import type { Outcome } from "../use-classification.ts";

/** What one model, or an ensemble, says. */
export function ResultColumn(props: {
  readonly outcome: Outcome;
  /** Whether to say who answers: there are others beside it. */
  readonly named: boolean;
  readonly topK: number;
  /** Undefined where nobody chose one. */
  readonly threshold: number | undefined;
  /** Rank of the prediction whose heat map is shown; undefined for none. */
  readonly shownRank: number | undefined;
  readonly onHeatmap: (rank: number | undefined) => void;
}) {
  const { t, language } = useLanguage();
  const { outcome, topK, threshold, shownRank } = props;
  const { classified, models, elapsedMs } = outcome;
  const answer = answerAt(classified, threshold);
  return (
    <article class="result">
      {props.named && (
        <p class="who">
          {models.length > 1 ? t.ensemble : classified.votes[0]?.model.architecture}
        </p>
      )}
      <div class="answer" aria-live="polite">
        {answer ? (
          <>
            <p class="quiet">{t.answer[answer.kind]}&nbsp;</p>
            <h2>{answer[language]}</h2>
            <p>{t.sure(formatPercent(answer.confidence ?? 0, 0))}</p>
          </>
        ) : (
          <>
            <p class="quiet">&nbsp;</p>
            <h2>{t.unknown}</h2>
            <p>{t.unknownWhy}</p>
          </>
        )}
      </div>
      <h3>{t.predictions}</h3>
      <ol class="predictions">
        {classified.predictions.slice(0, topK).map((prediction) => (
          <PredictionBar
            key={prediction.synset}
            prediction={prediction}
            below={isBelow(prediction, answer, threshold ?? recommendedThreshold([classified]))}
            shown={prediction.rank === shownRank}
            onHeatmap={props.onHeatmap}
          />
        ))}
      </ol>
      {models.length > 1 && (
        <>
          <h3>{t.votes}</h3>
          <ul class="votes">
            {classified.votes.map(({ model, prediction }) => (
              <li key={model.id}>
                <b>{model.architecture}</b>: {prediction[language]},{" "}
                {formatPercent(prediction.confidence)}
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="quiet">
        {t.answeredBy} {classified.votes.map(({ model }) => modelName(model)).join(" + ")},{" "}
        {classified.cached ? t.fromCache : t.computed}, {t.took(elapsedMs)}.
      </p>
      <button
        type="button"
        onClick={() =>
          saveFile(
            "receipt.json",
            "application/json",
            `${JSON.stringify(classified.receipt, null, 2)}\n`,
          )
        }
      >
        {t.receipt}
      </button>
    </article>
  );
}

function PredictionBar(props: {
  readonly prediction: Prediction;
  readonly below: boolean;
  readonly shown: boolean;
  readonly onHeatmap: (rank: number | undefined) => void;
}) {
  const { t, language } = useLanguage();
  const { prediction, below, shown } = props;
  const ancestors = language === "en" ? prediction.enAncestors : prediction.zhAncestors;
  return (
    <li class={below ? "below" : ""}>
      <div class="row">
        <span class="name">{prediction[language]}</span>
        <span>{formatPercent(prediction.confidence)}</span>
      </div>
      <meter
        min={0}
        max={1}
        value={prediction.confidence}
        aria-label={below ? `${prediction[language]}, ${t.belowThreshold}` : prediction[language]}
      />
      <div class="row quiet">
        <span>
          {prediction.synset} {ancestors.map(({ label }) => `› ${label}`).join(" ")}
        </span>
        <button
          type="button"
          class="small"
          aria-pressed={shown}
          aria-label={`${t.heatmap}: ${prediction[language]}`}
          onClick={() => props.onHeatmap(shown ? undefined : prediction.rank)}
        >
          {t.heatmap}
        </button>
      </div>
    </li>
  );
}
