import { useId } from "preact/hooks";
import { useLanguage } from "../i18n/language.ts";

/** Which models answer, and how photos are sent. */
export type Choice = {
  readonly model: string;
  /** The model to compare with; empty for none. */
  readonly other: string;
  readonly sendOriginal: boolean;
};

/** What is asked for: the model, or both and their average. */
export function toColumns({ model, other }: Choice): string[][] {
  return other === "" || other === model ? [[model]] : [[model], [other], [model, other]];
}

/** The settings. */
export function ModelChoice(props: {
  readonly models: readonly string[];
  readonly choice: Choice;
  readonly onChange: (choice: Choice) => void;
}) {
  const { t } = useLanguage();
  const id = useId();
  const { models, choice, onChange } = props;
  const others = models.filter((name) => name !== choice.model);
  return (
    <details class="settings">
      <summary>{t.settings}</summary>
      <label for={`${id}-model`}>{t.model}</label>
      <select
        id={`${id}-model`}
        value={choice.model}
        onChange={({ currentTarget }) => onChange({ ...choice, model: currentTarget.value })}
      >
        {models.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <label for={`${id}-other`}>{t.compareWith}</label>
      <select
        id={`${id}-other`}
        value={choice.other}
        onChange={({ currentTarget }) => onChange({ ...choice, other: currentTarget.value })}
      >
        <option value="">{t.compareNothing}</option>
        {others.map((name) => (
          <option key={name}>{name}</option>
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
