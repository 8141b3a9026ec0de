import { useId, type InputHTMLAttributes, type ReactNode, type Ref } from "react";
import { WarningIcon } from "../icons.tsx";
import styles from "./field.module.css";

type FieldProps = InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  hint?: ReactNode;
  /** A sentence: what is wrong and what to do. */
  problem?: string | undefined;
  ref?: Ref<HTMLInputElement>;
};

/** A labelled text field with its hint and its problem tied to it. */
export function Field({ label, hint, problem, className, ...rest }: FieldProps) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, problem === undefined ? "" : `${id}-problem`];
  return (
    <div className={[styles["field"], className ?? ""].join(" ")}>
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={described.filter(Boolean).join(" ") || undefined}
      />
      {hint !== undefined && (
        <p id={`${id}-hint`} className={styles["hint"]}>
          {hint}
        </p>
      )}
      <p id={`${id}-problem`} className={styles["problem"]} role="alert">
        {problem !== undefined && (
          <>
            <WarningIcon size={18} /> {problem}
          </>
        )}
      </p>
    </div>
  );
}
