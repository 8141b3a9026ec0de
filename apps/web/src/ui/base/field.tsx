import { useId, type InputHTMLAttributes, type ReactNode, type Ref, type TextareaHTMLAttributes } from "react";
import { WarningIcon } from "../icons.tsx";
import { useErrorSentence } from "../language.tsx";
import styles from "./field.module.css";

interface Labelled {
  label: string;
  hint?: ReactNode;
  /** A sentence: what is wrong and what to do. */
  problem?: string | undefined;
}

type FieldProps = InputHTMLAttributes<HTMLInputElement> & Labelled & { ref?: Ref<HTMLInputElement> };

/** A labelled text field with its hint and its problem tied to it. */
export function Field({ label, hint, problem, className, ...rest }: FieldProps) {
  const tied = useTied({ hint, problem });
  return (
    <Frame {...{ label, hint, problem, id: tied.id }} className={className ?? ""}>
      <input dir="auto" {...rest} {...tied} />
    </Frame>
  );
}

type NameFieldProps = Omit<FieldProps, "value" | "onChange" | "problem"> & {
  value: string;
  onName: (name: string) => void;
  /** A code of what is wrong with it. */
  error: string | undefined;
};

/**
 * A field for a name. What a browser learns to fill in it keeps in clear: it learns nothing here.
 */
export function NameField({ onName, error, ...rest }: NameFieldProps) {
  const sentence = useErrorSentence();
  return (
    <Field
      problem={error === undefined ? undefined : sentence(error)}
      autoComplete="off"
      maxLength={200}
      onChange={(event) => onName(event.target.value)}
      {...rest}
    />
  );
}

/** The same for several lines. */
export function TextArea({ label, hint, problem, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement> & Labelled) {
  const tied = useTied({ hint, problem });
  return (
    <Frame {...{ label, hint, problem, id: tied.id }}>
      <textarea rows={3} dir="auto" {...rest} {...tied} />
    </Frame>
  );
}

function useTied({ hint, problem }: Pick<Labelled, "hint" | "problem">) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, problem === undefined ? "" : `${id}-problem`];
  return {
    id,
    "aria-invalid": problem === undefined ? undefined : true,
    "aria-describedby": described.filter(Boolean).join(" ") || undefined,
  };
}

interface FrameProps extends Labelled {
  id: string;
  className?: string;
  children: ReactNode;
}

function Frame({ id, label, hint, problem, className = "", children }: FrameProps) {
  return (
    <div className={[styles["field"], className].join(" ")}>
      <label htmlFor={id}>{label}</label>
      {children}
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
