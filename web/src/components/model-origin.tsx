import type { ModelOrigin as Origin } from "../api/published-models.ts";
import { useLanguage } from "../i18n/language.ts";

/** A line on what a model was trained from. */
export function ModelOrigin({ id, origin }: { readonly id: string; readonly origin: Origin }) {
  const { t, language } = useLanguage();
  const { method, base, photos, classes, top1 } = origin;
  const facts = [
    t.trainedHow[method](base),
    t.trainedOn(photos.toLocaleString(language), classes),
    ...(top1 === undefined ? [] : [t.top1(`${top1.toFixed(1)}%`)]),
  ];
  return (
    <p class="quiet" id={id}>
      {facts.join(" · ")}
    </p>
  );
}
