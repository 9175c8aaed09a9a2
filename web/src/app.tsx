import { useEffect, useState } from "preact/hooks";
import { answerAt } from "./answer-at.ts";
import { fetchHeatmap, fetchModels, type PhotoSource } from "./api/classify-photo.ts";
import { CodeView } from "./components/code-view.tsx";
import { ErrorView } from "./components/error-view.tsx";
import { HistoryView } from "./components/history-view.tsx";
import { type Choice, ModelChoice, toColumns } from "./components/model-choice.tsx";
import { PhotoInput } from "./components/photo-input.tsx";
import { type Overlay, PhotoView } from "./components/photo-view.tsx";
import { ProgressView } from "./components/progress-view.tsx";
import { ResultColumn } from "./components/result-column.tsx";
import { Slider } from "./components/slider.tsx";
import { formatPercent, initialLanguage, LanguageContext } from "./i18n/language.ts";
import { messages } from "./i18n/messages.ts";
import { makeThumbnail } from "./reduce-photo.ts";
import { type HistoryEntry, loadHistory, saveHistory } from "./session-history.ts";
import { type Outcome, useClassification } from "./use-classification.ts";

const DEFAULT_TOP_K = 5;
/** As many as the page asks the service for. */
const MAX_TOP_K = 10;
/** The alias that every deployment has: the page works before the list of models is there. */
const DEFAULT_CHOICE: Choice = { model: "default", other: "", sendOriginal: false };

/** The heat map that is shown, by column and rank. */
type Shown = {
  readonly column: number;
  readonly rank: number;
  /** undefined while it is drawn, null where that failed. */
  readonly picture?: string | null;
};

/** The page. */
export function App() {
  const [language, setLanguage] = useState(initialLanguage);
  const [models, setModels] = useState<readonly string[]>([DEFAULT_CHOICE.model]);
  const [choice, setChoice] = useState(DEFAULT_CHOICE);
  const [source, setSource] = useState<PhotoSource>();
  const [preview, setPreview] = useState<string>();
  const [topK, setTopK] = useState(DEFAULT_TOP_K);
  const [chosenThreshold, setThreshold] = useState<number>();
  const [shown, setShown] = useState<Shown>();
  const [opacity, setOpacity] = useState(0.8);
  const [history, setHistory] = useState<readonly HistoryEntry[]>(loadHistory);
  const { job, run, cancel } = useClassification();
  const t = messages[language];

  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem("language", language);
  }, [language]);

  useEffect(() => {
    // Without the list the default model still answers, and says itself what is wrong with it.
    fetchModels().then(
      ([first, ...others]) => {
        if (first === undefined) return;
        setModels([first, ...others]);
        setChoice((before) => ({ ...before, model: first }));
      },
      () => {},
    );
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
    setShown(undefined);
    const outcomes = await run({
      source: photo,
      columns: toColumns(how),
      sendOriginal: how.sendOriginal,
    });
    const [first] = outcomes ?? [];
    if (!first) return;
    const entry = await makeEntry(photo, first, chosenThreshold ?? recommendedThreshold(outcomes));
    setHistory((before) => saveHistory([entry, ...before]));
  };

  const change = (next: Choice) => {
    setChoice(next);
    if (source) classify(source, next);
  };

  const outcomes = job.status === "DONE" ? job.outcomes : [];
  const threshold = chosenThreshold ?? recommendedThreshold(outcomes);
  const busy = ["PREPARING", "SENDING", "CLASSIFYING"].includes(job.status);

  const showHeatmap = async (column: number, rank: number | undefined) => {
    if (rank === undefined || job.status !== "DONE") return setShown(undefined);
    setShown({ column, rank });
    const asked = job.outcomes[column]?.models ?? [];
    const picture = await fetchHeatmap(job.source, asked, rank).catch(() => null);
    setShown((now) =>
      now?.column === column && now.rank === rank ? { column, rank, picture } : now,
    );
    return undefined;
  };

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
              overlay={makeOverlay(shown, outcomes, opacity, language)}
            />
          )}
        </div>
        {source && (
          <section class={`outcome columns-${toColumns(choice).length}`} aria-busy={busy}>
            {busy && <ProgressView job={job} onCancel={cancel} />}
            {job.status === "FAILED" && (
              <ErrorView error={job.error} onRetry={() => classify(source, choice)} />
            )}
            {job.status === "DONE" && (
              <>
                <div class="sliders">
                  <Slider
                    label={t.topK(topK)}
                    value={topK}
                    min={1}
                    max={MAX_TOP_K}
                    step={1}
                    onChange={setTopK}
                  />
                  <Slider
                    label={t.threshold(formatPercent(threshold, 0))}
                    value={threshold}
                    min={0}
                    max={1}
                    step={0.01}
                    onChange={setThreshold}
                  />
                  <Slider
                    label={t.opacity(formatPercent(opacity, 0))}
                    value={opacity}
                    min={0}
                    max={1}
                    step={0.05}
                    onChange={setOpacity}
                  />
                  <p class="quiet" role="status">
                    {shown?.picture === null && t.heatmapFailed}
                    {shown && shown.picture === undefined && t.heatmapLoading}&nbsp;
                  </p>
                </div>
                <div class="columns">
                  {job.outcomes.map((outcome, column) => (
                    <ResultColumn
                      key={outcome.models.join()}
                      outcome={outcome}
                      named={job.outcomes.length > 1}
                      topK={topK}
                      threshold={threshold}
                      shownRank={shown?.column === column ? shown.rank : undefined}
                      onHeatmap={(rank) => showHeatmap(column, rank)}
                    />
                  ))}
                </div>
                <CodeView
                  asked={{
                    origin: location.origin,
                    source: job.source,
                    models: job.outcomes.at(-1)?.models ?? [],
                    topK,
                    threshold,
                    language,
                  }}
                />
              </>
            )}
          </section>
        )}
        <HistoryView entries={history} onClear={() => setHistory(saveHistory([]))} />
      </main>
    </LanguageContext.Provider>
  );
}

/** The strictest of the models' own recommendations. */
function recommendedThreshold(outcomes: readonly Outcome[] = []): number {
  const all = outcomes.flatMap(({ classified }) =>
    classified.votes.map(({ model }) => model.recommendedThreshold),
  );
  return Math.max(0, ...all);
}

function makeOverlay(
  shown: Shown | undefined,
  outcomes: readonly Outcome[],
  opacity: number,
  language: "en" | "zh",
): Overlay | undefined {
  const classified = outcomes[shown?.column ?? 0]?.classified;
  const prediction = classified?.predictions[(shown?.rank ?? 1) - 1];
  const model = classified?.votes[0]?.model;
  if (!shown?.picture || !prediction || !model) return undefined;
  return {
    picture: shown.picture,
    label: prediction[language],
    opacity,
    cropFraction: model.cropFraction,
  };
}

async function makeEntry(
  photo: PhotoSource,
  { classified, models }: Outcome,
  threshold: number,
): Promise<HistoryEntry> {
  const answer = answerAt(classified.answers, threshold);
  return {
    time: new Date().toISOString(),
    name: photo.kind === "FILE" ? photo.name : photo.url,
    thumbnail: photo.kind === "FILE" ? await makeThumbnail(photo.file) : undefined,
    models: models.join(" + "),
    synset: answer?.synset ?? "",
    en: answer?.en ?? messages.en.unknown,
    zh: answer?.zh ?? messages.zh.unknown,
    confidence: answer?.confidence ?? classified.answers[0]?.confidence ?? 0,
  };
}
