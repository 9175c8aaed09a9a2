import { useId } from "preact/hooks";
import { DEFAULT_MODEL, type PublishedModel } from "../api/classify-photo.ts";
import { useLanguage } from "../i18n/language.ts";

/** Which models answer, and how photos are sent. */
export type Choice = {
  /** {@link DEFAULT_MODEL}, or `id@version`. */
  readonly model: string;
  /** The model to compare with; empty for none. */
  readonly other: string;
  readonly sendOriginal: boolean;
};

/** What is asked for: the model, or both and their average. */
export function toColumns({ model, other }: Choice): string[][] {
  return other === "" ? [[model]] : [[model], [other], [model, other]];
}

/** The settings. */
export function ModelChoice(props: {
  readonly models: readonly PublishedModel[];
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
}) {
  const { t } = useLanguage();
  const id = useId();
  const { models, choice, onChange } = props;
  const defaults = models.filter(({ isDefault }) => isDefault).map(({ name }) => name);
  const names = [DEFAULT_MODEL, ...models.map(({ name }) => name)];
  const labelOf = (name: string) => (name === DEFAULT_MODEL ? t.defaultModel(defaults) : name);
  // Nobody has two votes.
  const mayBeSame = (a: string, b: string) =>
    a === b ||
    (a === DEFAULT_MODEL && defaults.includes(b)) ||
    (b === DEFAULT_MODEL && defaults.includes(a));
  const othersThan = (model: string) => names.filter((name) => !mayBeSame(name, model));
  const choose = (model: string) =>
    onChange({ ...choice, model, other: mayBeSame(choice.other, model) ? "" : choice.other });
  return (
    <details class="settings">
      <summary>{t.settings}</summary>
      <label for={`${id}-model`}>{t.model}</label>
      <select
        id={`${id}-model`}
        value={choice.model}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {labelOf(name)}
          </option>
        ))}
      </select>
      <label for={`${id}-other`}>{t.compareWith}</label>
      <select
        id={`${id}-other`}
        value={choice.other}
        onChange={({ currentTarget }) => onChange({ ...choice, other: currentTarget.value })}
      >
        <option value="">{t.compareNothing}</option>
        {othersThan(choice.model).map((name) => (
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
