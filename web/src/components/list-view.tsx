import { useState } from "preact/hooks";
import { answerAt } from "../answer-at.ts";
import type { PhotoSource } from "../api/classify-photo.ts";
import { describeOutcome } from "../history-entry.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";
import { saveFile } from "../save-file.ts";
import { toCsv } from "../session-history.ts";
import type { ListedPhoto, PhotoList } from "../use-photo-list.ts";
import { adviceFor } from "./error-view.tsx";

/** Several photos, what each shows, and how sure that is. */
export function ListView(props: {
  readonly list: PhotoList;
  /** Undefined if nobody chose one. */
  readonly threshold: number | undefined;
  readonly onOpen: (source: PhotoSource) => void;
  readonly onStop: () => void;
  readonly onResume: () => void;
  readonly onClose: () => void;
}) {
  const { t } = useLanguage();
  const [unsureFirst, setUnsureFirst] = useState(false);
  const { list, threshold } = props;
  const { photos, running, waitSeconds } = list;
  if (photos.length === 0) return null;
  const done = photos.filter(({ classified, error }) => classified ?? error).length;
  const shown = unsureFirst
    ? photos.toSorted((a, b) => confidenceOf(a) - confidenceOf(b) || a.index - b.index)
    : photos;
  const exportCsv = () =>
    saveFile(
      "photos.csv",
      "text/csv;charset=utf-8",
      toCsv(
        photos.map(({ source, classified, error }) =>
          describeOutcome(source, classified, threshold, error?.code),
        ),
      ),
    );
  return (
    <section class="list" aria-labelledby="list">
      <h2 id="list">{t.list}</h2>
      <p class="quiet">{t.listProgress(done, photos.length)}</p>
      {running && (
        <progress
          aria-label={t.listProgress(done, photos.length)}
          value={done}
          max={photos.length}
        />
      )}
      {waitSeconds > 0 && <p class="quiet">{t.listWait(waitSeconds)}</p>}
      <div class="row">
        {running && (
          <button type="button" onClick={props.onStop}>
            {t.listStop}
          </button>
        )}
        {!running && (
          <>
            {done < photos.length && (
              <button type="button" onClick={props.onResume}>
                {t.listResume}
              </button>
            )}
            <button type="button" onClick={exportCsv}>
              {t.exportCsv}
            </button>
            <button type="button" onClick={props.onClose}>
              {t.listClose}
            </button>
          </>
        )}
        <label>
          {t.listSort}{" "}
          <select
            value={unsureFirst ? "unsure" : "given"}
            onChange={({ currentTarget }) => setUnsureFirst(currentTarget.value === "unsure")}
          >
            <option value="given">{t.listSortGiven}</option>
            <option value="unsure">{t.listSortUnsure}</option>
          </select>
        </label>
      </div>
      <ul aria-labelledby="list">
        {shown.map((photo) => (
          <ListEntry key={photo.index} photo={photo} threshold={threshold} onOpen={props.onOpen} />
        ))}
      </ul>
    </section>
  );
}

function ListEntry(props: {
  readonly photo: ListedPhoto;
  readonly threshold: number | undefined;
  readonly onOpen: (source: PhotoSource) => void;
}) {
  const { t, language } = useLanguage();
  const { source, thumbnail, classified, error } = props.photo;
  const name = source.kind === "FILE" ? source.name : source.url;
  const answer = classified && answerAt(classified, props.threshold);
  const [what, advice] = error ? (t.errors[error.code] ?? t.otherError) : [];
  return (
    <li>
      <button type="button" onClick={() => props.onOpen(source)}>
        {thumbnail ? <img src={thumbnail} alt="" width="64" height="64" /> : <span class="blank" />}
        <span>
          <b>{name}</b>
          {classified && (
            <>
              <span>
                {answer ? `${t.answer[answer.kind]} ${answer[language]}`.trim() : t.unknown}
              </span>
              {answer && <span>{formatPercent(answer.confidence ?? 0)}</span>}
            </>
          )}
          {error && (
            <span class="failed">
              {what} {adviceFor(error.format, t.formats) ?? advice}
            </span>
          )}
          {!classified && !error && <span class="quiet">{t.listWaiting}</span>}
        </span>
      </button>
    </li>
  );
}

/** Of the most probable class. Photos without one come last. */
function confidenceOf({ classified }: ListedPhoto): number {
  if (classified?.familiar === false) return 0;
  return classified?.predictions[0]?.confidence ?? 2;
}
