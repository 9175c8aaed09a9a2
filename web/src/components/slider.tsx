import { useId } from "preact/hooks";

/** A range whose label includes the value. */
export function Slider(props: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}) {
  const id = useId();
  const { label, value, min, max, step } = props;
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="range"
        aria-valuetext={label}
        {...{ value, min, max, step }}
        onInput={({ currentTarget }) => props.onChange(Number(currentTarget.value))}
      />
    </div>
  );
}
