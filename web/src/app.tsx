import { useEffect, useState } from "preact/hooks";
import {
  DEFAULT_MODEL,
  fetchModels,
  type PhotoSource,
  type PublishedModel,
} from "./api/classify-photo.ts";
import { ErrorView } from "./components/error-view.tsx";
import { HistoryView } from "./components/history-view.tsx";
import { type Choice, ModelChoice, toColumns } from "./components/model-choice.tsx";
import { OutcomesView } from "./components/outcomes-view.tsx";
import { PhotoInput } from "./components/photo-input.tsx";
import { type Overlay, PhotoView } from "./components/photo-view.tsx";
import { ProgressView } from "./components/progress-view.tsx";
import { makeHistoryEntry } from "./history-entry.ts";
import { initialLanguage, LanguageContext } from "./i18n/language.ts";
import { type Language, messages } from "./i18n/messages.ts";
import { type HistoryEntry, loadHistory, saveHistory } from "./session-history.ts";
import { type Outcome, useClassification } from "./use-classification.ts";
import { type Heatmap, useHeatmap } from "./use-heatmap.ts";

/** A version's own name would bypass what an operator does: splits, rollbacks, what answers for a broken one. */
const DEFAULT_CHOICE: Choice = { model: DEFAULT_MODEL, other: "", sendOriginal: false };

/** The page. */
export function App() {
  const [language, setLanguage] = useState(initialLanguage);
  const [models, setModels] = useState<readonly PublishedModel[]>([]);
  const [choice, setChoice] = useState(DEFAULT_CHOICE);
  const [source, setSource] = useState<PhotoSource>();
  const [preview, setPreview] = useState<string>();
  const [chosenThreshold, setThreshold] = useState<number>();
  const [opacity, setOpacity] = useState(0.8);
  const [history, setHistory] = useState<readonly HistoryEntry[]>(loadHistory);
  const { job, run, cancel } = useClassification();
  const { heatmap, show, hide } = useHeatmap(job);
  const t = messages[language];

  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem("language", language);
  }, [language]);

  useEffect(() => {
    // Without the list the default model still answers, and says itself what is wrong with it.
    fetchModels().then(setModels, () => {});
  }, []);

  useEffect(() => {
    if (source?.kind !== "FILE") {
      setPreview(source?.url);
      return undefined;
    }
    const url = URL.createObjectURL(source.file);
    setPreview(url);
    return () => URL.revokeObjectURL(url);
  }, [source]);

  const classify = async (photo: PhotoSource, how: Choice) => {
    setSource(photo);
    hide();
    const outcomes = await run({
      source: photo,
      columns: toColumns(how),
      sendOriginal: how.sendOriginal,
    });
    const [first] = outcomes ?? [];
    if (!first) return;
    const entry = await makeHistoryEntry(photo, first, chosenThreshold);
    setHistory((before) => saveHistory([entry, ...before]));
  };

  const change = (next: Choice) => {
    setChoice(next);
    if (source) classify(source, next);
  };

  const outcomes = job.status === "DONE" ? job.outcomes : [];
  const busy = ["PREPARING", "SENDING", "CLASSIFYING"].includes(job.status);

  return (
    <LanguageContext.Provider value={language}>
      <header>
        <h1>resnet-edge</h1>
        <nav class="row">
          <a href="/graphql">GraphQL</a>
          <button
            type="button"
            lang={language === "en" ? "zh" : "en"}
            aria-label={t.languageLabel}
            onClick={() => setLanguage(language === "en" ? "zh" : "en")}
          >
            {t.languageName}
          </button>
        </nav>
      </header>
      <main>
        <div class="hero">
          <p class="tagline">{t.tagline}</p>
          <p>{t.intro}</p>
        </div>
        <div class="bench">
          <div>
            <PhotoInput onPhoto={(photo) => classify(photo, choice)} />
            <ModelChoice models={models} choice={choice} onChange={change} />
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
          <section class="outcome" aria-busy={busy}>
            {busy && <ProgressView job={job} onCancel={cancel} />}
            {job.status === "FAILED" && (
              <ErrorView error={job.error} onRetry={() => classify(source, choice)} />
            )}
            {job.status === "DONE" && (
              <OutcomesView
                job={job}
                threshold={chosenThreshold}
                onThreshold={setThreshold}
                opacity={opacity}
                onOpacity={setOpacity}
                heatmap={heatmap}
                onHeatmap={(column, rank) => (rank === undefined ? hide() : show(column, rank))}
              />
            )}
          </section>
        )}
        <HistoryView entries={history} onClear={() => setHistory(saveHistory([]))} />
      </main>
    </LanguageContext.Provider>
  );
}

function makeOverlay(
  heatmap: Heatmap | undefined,
  outcomes: readonly Outcome[],
  opacity: number,
  language: Language,
): Overlay | undefined {
  const classified = outcomes[heatmap?.column ?? 0]?.classified;
  const prediction = classified?.predictions[(heatmap?.rank ?? 1) - 1];
  const model = classified?.votes[0]?.model;
  if (!heatmap?.picture || !prediction || !model) return undefined;
  return {
    picture: heatmap.picture,
    label: prediction[language],
    opacity,
    cropFraction: model.cropFraction,
  };
}
