import { formatPercent, useLanguage } from "../i18n/language.ts";
import { saveFile } from "../save-file.ts";
import { type HistoryEntry, toCsv, toJson } from "../session-history.ts";

/** The history, with its exports. */
export function HistoryView(props: {
  readonly entries: readonly HistoryEntry[];
  readonly onClear: () => void;
}) {
  const { t, language } = useLanguage();
  const { entries } = props;
  return (
    <section class="history" aria-labelledby="history">
      <h2 id="history">{t.history}</h2>
      {entries.length === 0 ? (
        <p class="quiet">{t.historyEmpty}</p>
      ) : (
        <>
          <ul>
            {entries.map((entry) => (
              <li key={entry.time}>
                {entry.thumbnail && <img src={entry.thumbnail} alt="" width="64" height="64" />}
                <span>
                  {entry[language]}
                  <br />
                  {formatPercent(entry.confidence)}
                </span>
              </li>
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
            <button type="button" onClick={props.onClear}>
              {t.historyClear}
            </button>
          </div>
        </>
      )}
    </section>
  );
}
