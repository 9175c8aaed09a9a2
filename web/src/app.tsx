import { useEffect, useReducer, useState } from "preact/hooks";
import type { PhotoSource } from "./api/classify-photo.ts";
import { toQuestions } from "./choice.ts";
import { CancelledView } from "./components/cancelled-view.tsx";
import { ErrorView } from "./components/error-view.tsx";
import { HistoryView } from "./components/history-view.tsx";
import { ListView } from "./components/list-view.tsx";
import { ModelChoice } from "./components/model-choice.tsx";
import { OutcomesView } from "./components/outcomes-view.tsx";
import { PageHeader } from "./components/page-header.tsx";
import { PhotoInput } from "./components/photo-input.tsx";
import { PhotoView } from "./components/photo-view.tsx";
import { ProgressView } from "./components/progress-view.tsx";
import { makeHistoryEntry } from "./history-entry.ts";
import { LanguageContext, useLanguageState } from "./i18n/language.ts";
import { messages } from "./i18n/messages.ts";
import { makeOverlay } from "./make-overlay.ts";
import { NO_REQUEST, updateRequest } from "./photo-request.ts";
import { useClassification } from "./use-classification.ts";
import { useGivenUrl } from "./use-given-url.ts";
import { useHeatmap } from "./use-heatmap.ts";
import { useHistory } from "./use-history.ts";
import { useModels } from "./use-models.ts";
import { usePhotoList } from "./use-photo-list.ts";
import { usePreview } from "./use-preview.ts";

export function App() {
  const [language, setLanguage] = useLanguageState();
  const models = useModels();
  const [request, dispatch] = useReducer(updateRequest, NO_REQUEST);
  const [opacity, setOpacity] = useState(0.8);
  const history = useHistory();
  const { job, run, cancel } = useClassification();
  const { heatmap, show, hide } = useHeatmap(job);
  const { source, choice, attempt, threshold } = request;
  const preview = usePreview(source);
  const t = messages[language];

  // Only these are reasons to ask the service: the threshold and the language need no request.
  useEffect(() => {
    const classify = async () => {
      if (!source) return;
      hide();
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

  return (
    <LanguageContext.Provider value={language}>
      <PageHeader onLanguage={setLanguage} />
      <main>
        <div class="hero">
          <p class="tagline">{t.tagline}</p>
          <p>{t.intro}</p>
        </div>
        <div class="bench">
          <div>
            <PhotoInput onPhotos={givePhotos} />
            <ModelChoice
              models={models.known}
              choice={choice}
              onChange={(next) => dispatch({ type: "CHOOSE", choice: next })}
            />
          </div>
          {source && preview && (
            <PhotoView
              key={preview}
              url={preview}
              overlay={makeOverlay(heatmap, outcomes, opacity, language)}
            />
          )}
        </div>
        {source && (
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
                job={job}
                threshold={threshold}
                onThreshold={(next) => dispatch({ type: "SET_THRESHOLD", threshold: next })}
                opacity={opacity}
                onOpacity={setOpacity}
                heatmap={heatmap}
                onHeatmap={(column, id) => (id === undefined ? hide() : show(column, id))}
              />
            )}
          </section>
        )}
        <ListView
          list={photoList.list}
          threshold={threshold}
          onOpen={give}
          onStop={photoList.stop}
          onResume={() => photoList.resume(listTask)}
          onClose={photoList.close}
        />
        <HistoryView history={history} onOpen={give} />
      </main>
    </LanguageContext.Provider>
  );
}
