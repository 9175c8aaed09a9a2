import { useId } from "preact/hooks";
import { DEFAULT_MODEL, type PublishedModel } from "../api/published-models.ts";
import { type Choice, mayBeSame, standsFor } from "../choice.ts";
import { useLanguage } from "../i18n/language.ts";
import { ModelOrigin } from "./model-origin.tsx";

export function ModelChoice(props: {
  readonly models: readonly PublishedModel[];
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
}) {
  const { t } = useLanguage();
  const id = useId();
  const { models, choice, onChange } = props;
  const defaults = models.filter(({ isDefault }) => isDefault).map(({ name }) => name);
  // The default is one entry; a version that shares the alias with others can be asked on its own as well.
  const [only, ...others] = defaults;
  const isListed = ({ name }: PublishedModel) => others.length > 0 || name !== only;
  const names = [DEFAULT_MODEL, ...models.filter(isListed).map(({ name }) => name)];
  const labelOf = (name: string) => {
    const title = name === DEFAULT_MODEL ? t.defaultModel(defaults) : name;
    const [model, ...more] = models.filter((candidate) => standsFor(name, candidate));
    if (!model || more.length > 0) return title;
    const { architecture, classes, bytes } = model;
    return `${title}: ${architecture}, ${t.modelFacts(classes, formatMegabytes(bytes))}`;
  };
  // An alias that stands for several versions has several origins.
  const chosen = models.filter((candidate) => standsFor(choice.model, candidate));
  const origin = chosen.length === 1 ? chosen[0]?.origin : undefined;
  const isOther = (name: string, model: string) => !mayBeSame(name, model, models);
  const choose = (model: string) =>
    onChange({ ...choice, model, other: isOther(choice.other, model) ? choice.other : "" });
  return (
    <details class="settings">
      <summary>{t.settings}</summary>
      <label for={`${id}-model`}>{t.model}</label>
      <select
        id={`${id}-model`}
        aria-describedby={origin && `${id}-origin`}
        value={choice.model}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {labelOf(name)}
          </option>
        ))}
      </select>
      {origin && <ModelOrigin id={`${id}-origin`} origin={origin} />}
      <label for={`${id}-other`}>{t.compareWith}</label>
      <select
        id={`${id}-other`}
        value={choice.other}
        onChange={({ currentTarget }) => onChange({ ...choice, other: currentTarget.value })}
      >
        <option value="">{t.compareNothing}</option>
        {names
          .filter((name) => isOther(name, choice.model))
          .map((name) => (
            <option key={name} value={name}>
              {labelOf(name)}
            </option>
          ))}
      </select>
      <label>
        <input
          type="checkbox"
          checked={choice.sendOriginal}
          onChange={({ currentTarget }) =>
            onChange({ ...choice, sendOriginal: currentTarget.checked })
          }
        />{" "}
        {t.sendOriginal}
      </label>
    </details>
  );
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toPrecision(2)} MB`;
}
