import { useEffect, useReducer, useState } from "preact/hooks";
import { recommendedThreshold } from "./answer-at.ts";
import type { PhotoSource } from "./api/classify-photo.ts";
import { standsFor, toQuestions } from "./choice.ts";
import { CancelledView } from "./components/cancelled-view.tsx";
import { ClassSearch } from "./components/class-search.tsx";
import { CodeView } from "./components/code-view.tsx";
import { ErrorView } from "./components/error-view.tsx";
import { HistoryView } from "./components/history-view.tsx";
import { ListView } from "./components/list-view.tsx";
import { ModelChoice } from "./components/model-choice.tsx";
import { ModelsMissing } from "./components/models-missing.tsx";
import { OutcomesView } from "./components/outcomes-view.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { PhotoInput } from "./components/photo-input.tsx";
import { PhotoView } from "./components/photo-view.tsx";
import { ProgressView } from "./components/progress-view.tsx";
import { describeStatus, describeTitle } from "./describe-job.ts";
import { makeHistoryEntry } from "./history-entry.ts";
import { LanguageContext, useLanguageState } from "./i18n/language.ts";
import { messages } from "./i18n/messages.ts";
import { makeOverlay } from "./make-overlay.ts";
import { useStatus, useTitle } from "./page-status.ts";
import { NO_REQUEST, updateRequest } from "./photo-request.ts";
import { useClassification } from "./use-classification.ts";
import { useGivenUrl } from "./use-given-url.ts";
import { useHeatmap } from "./use-heatmap.ts";
import { useHistory } from "./use-history.ts";
import { useModels } from "./use-models.ts";
import { usePhotoList } from "./use-photo-list.ts";

const DEFAULT_TOP_K = 5;

export function App() {
  const [language, setLanguage] = useLanguageState();
  const models = useModels();
  const [request, dispatch] = useReducer(updateRequest, NO_REQUEST);
  const [opacity, setOpacity] = useState(0.8);
  const history = useHistory();
  const { job, run, cancel } = useClassification();
  const { source, choice, attempt, threshold } = request;
  const { heatmap, show, hide } = useHeatmap(job, choice.framing);
  const [chosenTopK, setTopK] = useState(DEFAULT_TOP_K);
  const t = messages[language];

  // Only these are reasons to ask the service: the threshold and the language need no request.
  useEffect(() => {
    const classify = async () => {
      if (!source) return;
      const { sendOriginal } = choice;
      const ask = async () => toQuestions(choice, await models.loaded);
      const outcomes = await run({ source, sendOriginal, ask });
      const [first] = outcomes ?? [];
      if (first) history.add(await makeHistoryEntry(source, first, threshold), source);
    };
    classify();
  }, [source, choice, attempt]);

  const photoList = usePhotoList();
  const give = (photo: PhotoSource) => dispatch({ type: "GIVE_PHOTO", source: photo });
  const listTask = {
    sendOriginal: choice.sendOriginal,
    ask: async () => toQuestions(choice, await models.loaded)[0],
  };
  const givePhotos = (photos: readonly PhotoSource[]) => {
    const [first] = photos;
    if (photos.length > 1) photoList.start(photos, listTask);
    else if (first) give(first);
  };
  useGivenUrl(give);

  const outcomes = job.status === "DONE" ? job.outcomes : [];
  const busy = ["PREPARING", "SENDING", "CLASSIFYING"].includes(job.status);
  const maxTopK = Math.max(1, ...outcomes.map(({ classified }) => classified.predictions.length));
  const topK = Math.min(chosenTopK, maxTopK);
  const overlay = makeOverlay(heatmap, outcomes, opacity, language);
  const looking = outcomes[heatmap?.column ?? 0]?.classified.regions ?? [];
  const known = models.known.find((model) => standsFor(choice.model, model));
  useStatus(describeStatus(job, threshold, t, language));
  useTitle(describeTitle(job, threshold, t, language));

  return (
    <LanguageContext.Provider value={language}>
      <PageHeader onLanguage={setLanguage} />
      <main>
        <div class="bench">
          <div class="ask">
            <div class="hero">
              <p class="tagline">{t.tagline}</p>
              <p>{t.intro}</p>
            </div>
            <PhotoInput onPhotos={givePhotos} />
            {models.failed && <ModelsMissing onRetry={models.retry} />}
            <ModelChoice
              models={models.known}
              choice={choice}
              onChange={(next) => dispatch({ type: "CHOOSE", choice: next })}
            />
          </div>
          {source ? (
            <div class={outcomes.length > 1 ? "stage compared" : "stage"}>
              <PhotoView
                source={source}
                frames={outcomes[0]?.classified.image.frames}
                regions={overlay ? [overlay.region] : looking}
                overlay={overlay}
                framing={choice.framing}
                onFraming={(framing) =>
                  dispatch({ type: "CHOOSE", choice: { ...choice, framing } })
                }
              />
              <section class="outcome" aria-label={t.result} aria-busy={busy}>
                {busy && <ProgressView job={job} onCancel={cancel} />}
                {job.status === "CANCELLED" && (
                  <CancelledView onRetry={() => dispatch({ type: "RETRY" })} />
                )}
                {job.status === "FAILED" && (
                  <ErrorView error={job.error} onRetry={() => dispatch({ type: "RETRY" })} />
                )}
                {job.status === "DONE" && (
                  <OutcomesView
                    source={job.source}
                    outcomes={outcomes}
                    topK={topK}
                    maxTopK={maxTopK}
                    onTopK={setTopK}
                    threshold={threshold}
                    recommended={recommendedThreshold(outcomes.map((o) => o.classified))}
                    onThreshold={(next) => dispatch({ type: "SET_THRESHOLD", threshold: next })}
                    opacity={opacity}
                    onOpacity={setOpacity}
                    heatmap={heatmap}
                    onHeatmap={(column, id) => (id === undefined ? hide() : show(column, id))}
                  />
                )}
                {/* Hidden and not removed: it stays open, in the form that was chosen. */}
                <div hidden={job.status !== "DONE"}>
                  <CodeView
                    asked={{
                      origin: location.origin,
                      source: job.status === "DONE" ? job.source : source,
                      models: outcomes.at(-1)?.models ?? [choice.model],
                      topK,
                      threshold,
                      language,
                      ...(choice.framing === "CROP" ? {} : { framing: choice.framing }),
                    }}
                  />
                </div>
              </section>
            </div>
          ) : (
            <p class="waiting">{t.waiting}</p>
          )}
        </div>
        <ListView
          list={photoList.list}
          model={choice.model}
          threshold={threshold}
          onOpen={give}
          onStop={photoList.stop}
          onResume={() => photoList.resume(listTask)}
          onClose={photoList.close}
        />
        <ClassSearch model={choice.model} classes={known?.classes} />
        <HistoryView history={history} onOpen={give} />
      </main>
    </LanguageContext.Provider>
  );
}
