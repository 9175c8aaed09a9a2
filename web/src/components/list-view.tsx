import { Fragment } from "preact";
import { useMemo, useState } from "preact/hooks";
import { answerAt } from "../answer-at.ts";
import type { PhotoSource } from "../api/classify-photo.ts";
import { joinPhrases, nameAnswer } from "../describe-job.ts";
import { createTruthOf, folderOf, type Truth } from "../folder-truth.ts";
import { describeOutcome } from "../history-entry.ts";
import { formatPercent, useLanguage } from "../i18n/language.ts";
import { saveFile } from "../save-file.ts";
import { toCsv } from "../session-history.ts";
import { useClasses } from "../use-classes.ts";
import type { ListedPhoto, PhotoList } from "../use-photo-list.ts";
import { adviceFor } from "./error-view.tsx";

/** As given, the least sure first, or those that are surely wrong according to their folder first. */
const ORDERS = ["given", "unsure", "wrong"] as const;
type Order = (typeof ORDERS)[number];

/** Several photos, what each shows, and how sure that is. */
export function ListView(props: {
  readonly list: PhotoList;
  /** Undefined if nobody chose one. */
  readonly threshold: number | undefined;
  /** The model that answers. */
  readonly model: string;
  readonly onOpen: (source: PhotoSource) => void;
  readonly onStop: () => void;
  readonly onResume: () => void;
  readonly onClose: () => void;
}) {
  const { t } = useLanguage();
  const [order, setOrder] = useState<Order>("given");
  const { list, threshold } = props;
  const { photos, running, waitSeconds } = list;
  const inFolders = photos.some(({ source }) => folderOf(nameOf(source)) !== undefined);
  const classes = useClasses(inFolders ? [props.model] : []).get(props.model) ?? [];
  const truthOf = useMemo(() => createTruthOf(classes), [classes]);
  if (photos.length === 0) return null;
  const isRight = (photo: ListedPhoto) => agrees(photo, truthOf(nameOf(photo.source)));
  const judged = photos.map(isRight).filter((right) => right !== undefined);
  const right = judged.filter(Boolean).length;
  const done = photos.filter(({ classified, error }) => classified ?? error).length;
  const rankOf: Record<Order, (photo: ListedPhoto) => number> = {
    given: ({ index }) => index,
    unsure: confidenceOf,
    wrong: (photo) => (isRight(photo) === false ? -confidenceOf(photo) : 0),
  };
  const rank = rankOf[order];
  const shown = photos.toSorted((a, b) => rank(a) - rank(b) || a.index - b.index);
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
      {judged.length > 0 && (
        <p>{t.listRight(right, judged.length, formatPercent(right / judged.length, 0))}</p>
      )}
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
            value={order}
            onChange={({ currentTarget }) => setOrder(toOrder(currentTarget.value))}
          >
            <option value="given">{t.listSortGiven}</option>
            <option value="unsure">{t.listSortUnsure}</option>
            {judged.length > 0 && <option value="wrong">{t.listSortWrong}</option>}
          </select>
        </label>
      </div>
      <ul aria-labelledby="list">
        {shown.map((photo) => (
          <ListEntry
            key={photo.index}
            photo={photo}
            threshold={threshold}
            missed={isRight(photo) === false ? folderOf(nameOf(photo.source)) : undefined}
            onOpen={props.onOpen}
          />
        ))}
      </ul>
    </section>
  );
}

function ListEntry(props: {
  readonly photo: ListedPhoto;
  readonly threshold: number | undefined;
  /** The folder that names another class than the most probable one. */
  readonly missed: string | undefined;
  readonly onOpen: (source: PhotoSource) => void;
}) {
  const { t, language } = useLanguage();
  const { source, thumbnail, classified, error } = props.photo;
  const answer = classified && answerAt(classified, props.threshold);
  const [what, advice] = error ? (t.errors[error.code] ?? t.otherError) : [];
  return (
    <li>
      <button type="button" onClick={() => props.onOpen(source)}>
        {thumbnail ? <img src={thumbnail} alt="" width="64" height="64" /> : <span class="blank" />}
        <span>
          <b>{breakable(nameOf(source))}</b>
          {classified && (
            <>
              <span>{answer ? nameAnswer(answer, t, language) : t.unknown}</span>
              {answer && <span>{formatPercent(answer.confidence ?? 0)}</span>}
              {props.missed && <span class="failed">{t.listMissed(props.missed)}</span>}
            </>
          )}
          {error && (
            <span class="failed">
              {joinPhrases([what, adviceFor(error.format, t.formats) ?? advice], language)}
            </span>
          )}
          {!classified && !error && <span class="quiet">{t.listWaiting}</span>}
        </span>
      </button>
    </li>
  );
}

/** A path that can break after each folder. */
function breakable(path: string) {
  const parts = path.split(/(?<=\/)/);
  // Folders can have the same name; with what comes before, they are unique.
  const keyed = parts.map((part, i) => ({ part, key: parts.slice(0, i + 1).join("") }));
  return keyed.map(({ part, key }) => (
    <Fragment key={key}>
      {part}
      <wbr />
    </Fragment>
  ));
}

function nameOf(source: PhotoSource): string {
  return source.kind === "FILE" ? source.name : source.url;
}

/** Whether the most probable class is that of the folder; undefined if there is none or no answer yet. */
function agrees(
  { source, classified }: ListedPhoto,
  truth: Truth | undefined,
): boolean | undefined {
  const [first] = classified?.predictions ?? [];
  if (source.kind === "URL" || !truth || !first) return undefined;
  return first.id === truth.classId;
}

function toOrder(value: string): Order {
  return ORDERS.find((order) => order === value) ?? "given";
}

/** Of the most probable class. Photos without one come last. */
function confidenceOf({ classified }: ListedPhoto): number {
  if (classified?.familiar === false) return 0;
  return classified?.predictions[0]?.confidence ?? 2;
}
