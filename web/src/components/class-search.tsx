import { useEffect, useId, useState } from "preact/hooks";
import { fetchLabels, type Labels } from "../api/labels.ts";
import { useLanguage } from "../i18n/language.ts";

const PAUSE_MS = 250;
/** A network with few classes may have been trained for people or text. */
const MANY_CLASSES = 200;

/** Says what a model can recognize, and finds it. */
export function ClassSearch(props: {
  /** Alias or `id@version`. */
  readonly model: string;
  /** Undefined until it is known. */
  readonly classes: number | undefined;
}) {
  const { t, language } = useLanguage();
  const id = useId();
  const { model, classes } = props;
  const [search, setSearch] = useState("");
  const [found, setFound] = useState<Labels | null>();
  useEffect(() => {
    setFound(undefined);
    if (search.trim() === "") return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      fetchLabels(search.trim(), model, controller.signal)
        .catch(() => null)
        .then((labels) => controller.signal.aborted || setFound(labels));
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [search, model]);
  const more = found ? found.total - found.labels.length : 0;
  return (
    <section class="knows" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t.knows}</h2>
      <p id={`${id}-about`} class="quiet">
        {classes !== undefined &&
          (classes >= MANY_CLASSES ? t.knowsMany(classes) : t.knowsFew(classes))}
        &nbsp;
      </p>
      <input
        type="search"
        aria-label={t.findClass}
        aria-describedby={`${id}-about`}
        placeholder={t.findClass}
        value={search}
        onInput={({ currentTarget }) => setSearch(currentTarget.value)}
      />
      <p class="quiet" aria-live="polite">
        {found === null && t.searchFailed}
        {found?.total === 0 && t.noClass(search.trim())}
        {found && found.total > 0 && t.classesFound(found.total)}
      </p>
      <ul class="found">
        {found?.labels.map((label) => (
          <li key={label.id}>{label[language]}</li>
        ))}
        {more > 0 && <li class="quiet">{t.moreClasses(more)}</li>}
      </ul>
    </section>
  );
}
