import { useId } from "react";
import styles from "./switch.module.css";

interface SwitchProps {
  label: string;
  text?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** Something on or off, with a line that says what it means. */
export function Switch({ label, text, checked, disabled, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className={styles["row"]}>
      <div className={styles["words"]}>
        <label htmlFor={id}>{label}</label>
        {text !== undefined && <p id={`${id}-text`}>{text}</p>}
      </div>
      <input
        id={id}
        type="checkbox"
        // oxlint-disable-next-line jsx-a11y/role-has-required-aria-props -- a checkbox says by itself whether it is checked
        role="switch"
        className={styles["switch"]}
        checked={checked}
        disabled={disabled}
        aria-describedby={text === undefined ? undefined : `${id}-text`}
        onChange={(event) => onChange(event.target.checked)}
      />
    </div>
  );
}

interface ChoicesProps<T extends string> {
  legend: string;
  hideLegend?: boolean;
  value: T;
  options: { value: T; label: string; text?: string; disabled?: boolean }[];
  onChange: (value: T) => void;
}

/** One of a few. */
export function Choices<T extends string>({ legend, hideLegend, value, options, onChange }: ChoicesProps<T>) {
  const name = useId();
  return (
    <fieldset className={styles["choices"]}>
      <legend className={hideLegend === true ? "hidden" : undefined}>{legend}</legend>
      <div className={styles["card"]}>
        {options.map((option) => (
          <label key={option.value} className={styles["choice"]}>
            <input
              type="radio"
              name={name}
              checked={option.value === value}
              disabled={option.disabled}
              onChange={() => onChange(option.value)}
            />
            <span>
              {option.label}
              {option.text !== undefined && <small>{option.text}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
