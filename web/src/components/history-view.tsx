import type { PhotoSource } from "../api/classify-photo.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";
import { saveFile } from "../save-file.ts";
import { type HistoryEntry, toCsv, toJson } from "../session-history.ts";
import type { History } from "../use-history.ts";

/** The history, with its exports. */
export function HistoryView(props: {
  readonly history: History;
  readonly onOpen: (source: PhotoSource) => void;
}) {
  const { t } = useLanguage();
  const { entries, sourceOf, clear, undo } = props.history;
  return (
    <section class="history" aria-labelledby="history">
      <h2 id="history">{t.history}</h2>
      {entries.length === 0 ? (
        <p class="quiet">{undo ? t.historyCleared : t.historyEmpty}</p>
      ) : (
        <>
          <ul>
            {entries.map((entry) => (
              <Entry
                key={entry.time}
                entry={entry}
                source={sourceOf(entry)}
                onOpen={props.onOpen}
              />
            ))}
          </ul>
          <div class="row">
            <button
              type="button"
              onClick={() => saveFile("history.csv", "text/csv;charset=utf-8", toCsv(entries))}
            >
              {t.exportCsv}
            </button>
            <button
              type="button"
              onClick={() => saveFile("history.json", "application/json", toJson(entries))}
            >
              {t.exportJson}
            </button>
            <button type="button" onClick={clear}>
              {t.historyClear}
            </button>
          </div>
        </>
      )}
      {undo && (
        <button type="button" onClick={undo}>
          {t.historyUndo}
        </button>
      )}
    </section>
  );
}

function Entry(props: {
  readonly entry: HistoryEntry;
  readonly source: PhotoSource | undefined;
  readonly onOpen: (source: PhotoSource) => void;
}) {
  const { t, language } = useLanguage();
  const { entry, source } = props;
  // Older pages stored the confidence of the best class for "not sure", too.
  const isAnswer = entry.id !== "" && entry.confidence !== undefined;
  const content = (
    <>
      {entry.thumbnail && <img src={entry.thumbnail} alt="" width="64" height="64" />}
      <span>
        {entry[language]}
        {isAnswer && ` ${formatPercent(entry.confidence ?? 0)}`}
        <br />
        <span class="quiet">{entry.name}</span>
      </span>
    </>
  );
  return (
    <li>
      {source ? (
        <button
          type="button"
          aria-label={t.historyOpen(entry[language], entry.name)}
          onClick={() => props.onOpen(source)}
        >
          {content}
        </button>
      ) : (
        content
      )}
    </li>
  );
}
