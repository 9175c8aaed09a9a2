import { useId } from "preact/hooks";
import { answerAt, isBelow, recommendedThreshold } from "../answer-at.ts";
import type { PhotoSource } from "../api/classify-photo.ts";
import { modelName } from "../api/published-models.ts";
import { ENGINE_NAMES } from "../engine-names.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";
import { saveFile } from "../save-file.ts";
import type { Outcome } from "../use-classification.ts";
import { PredictionBar } from "./prediction-bar.tsx";
import { SaveSentButton } from "./save-sent-button.tsx";

/** What one model, or an ensemble, says. */
export function ResultColumn(props: {
  readonly outcome: Outcome;
  readonly source: PhotoSource;
  /** Whether to say who answers, because there are other columns. */
  readonly named: boolean;
  readonly topK: number;
  /** Undefined if nobody chose one. */
  readonly threshold: number | undefined;
  /** Id of the class whose heat map is shown; undefined for none. */
  readonly shownClass: string | undefined;
  readonly onHeatmap: (classId: string | undefined) => void;
}) {
  const { t, language } = useLanguage();
  const id = useId();
  const { outcome, topK, threshold, shownClass } = props;
  const { classified, models, elapsedMs } = outcome;
  const { votes, predictions, cached, receipt } = classified;
  const answer = answerAt(classified, threshold);
  const minConfidence = threshold ?? recommendedThreshold([classified]);
  const names = votes.map(({ model }) => `${model.architecture} ${model.version}`);
  const ranModels = votes.map(({ model }) => {
    const name = modelName(model);
    return model.engine ? t.modelWithEngine(name, ENGINE_NAMES[model.engine]) : name;
  });
  const who = models.length > 1 ? t.ensemble : names[0];
  const classes = models.length > 1 ? undefined : votes[0]?.model.classes;
  return (
    <article class="result" aria-label={who}>
      {props.named && (
        <p class="who">
          {who}
          {classes !== undefined && <span class="quiet"> {t.knowsClasses(classes)}</span>}
        </p>
      )}
      <div class="answer">
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
      <h3 id={`${id}-predictions`}>{t.predictions}</h3>
      <ol class="predictions" aria-labelledby={`${id}-predictions`}>
        {predictions.slice(0, topK).map((prediction) => (
          <PredictionBar
            key={prediction.id}
            prediction={prediction}
            below={isBelow(prediction, answer, minConfidence)}
            shown={prediction.id === shownClass}
            onHeatmap={props.onHeatmap}
          />
        ))}
      </ol>
      {models.length > 1 && (
        <>
          <h3 id={`${id}-votes`}>{t.votes}</h3>
          <ul class="votes" aria-labelledby={`${id}-votes`}>
            {votes.map(({ model, prediction }, i) => (
              <li key={modelName(model)}>
                <b>{names[i]}</b>
                {t.vote(prediction[language], formatPercent(prediction.confidence))}
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="quiet">{t.answeredBy(ranModels.join(" + "), elapsedMs, cached)}</p>
      <div class="row">
        <button
          type="button"
          onClick={() =>
            saveFile("receipt.json", "application/json", `${JSON.stringify(receipt, null, 2)}\n`)
          }
        >
          {t.receipt}
        </button>
        {/* The receipt is about the bytes that were sent; if they are the visitor's own, nothing is missing. */}
        {props.source.kind === "FILE" && props.source.changed && (
          <SaveSentButton source={props.source} />
        )}
      </div>
    </article>
  );
}
