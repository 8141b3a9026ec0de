import { useState, type FormEvent } from "react";
import { Button } from "../base/button.tsx";
import { Field } from "../base/field.tsx";
import { Page, Quiet, Section } from "../base/page.tsx";
import { useToasts } from "../base/toast.tsx";
import { CheckIcon, ProfilesIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { addProfile, MAX_LABEL, openProfile, relabelProfile } from "../profiles.ts";
import { useProfiles } from "../use-profiles.ts";
import { EraseButton } from "./erase.tsx";
import styles from "./settings.module.css";

/** The profiles of this browser: another one, one more, what they are called, one less. */
export function ProfilesScreen() {
  const words = useWords();
  const { all, own, label, isOnly } = useProfiles();
  return (
    <Page title={words.profiles.title} parent="/settings">
      <Quiet>{words.profiles.lead}</Quiet>
      {!isOnly && (
        <ul className={styles["rows"]} aria-label={words.profiles.title}>
          {all.map((one) => (
            <li key={one.id}>
              <ProfileRow {...one} isOwn={one.id === own} />
            </li>
          ))}
        </ul>
      )}
      <AddForm />
      {!isOnly && (
        <Section title={label}>
          <LabelForm key={own} id={own} label={label} />
          <Quiet>{words.profiles.removeText}</Quiet>
          <EraseButton />
        </Section>
      )}
    </Page>
  );
}

function ProfileRow({ id, label, isOwn }: { id: string; label: string; isOwn: boolean }) {
  const words = useWords();
  return (
    <button
      type="button"
      className={styles["row"]}
      aria-current={isOwn || undefined}
      onClick={() => {
        if (!isOwn) openProfile(id);
      }}
    >
      {isOwn ? <CheckIcon /> : <ProfilesIcon />}
      <span className={styles["label"]} dir="auto">
        {label}
      </span>
      {isOwn && <span className={styles["value"]}>{words.profiles.shown}</span>}
    </button>
  );
}

function AddForm() {
  const words = useWords();
  const { all } = useProfiles();
  const [label, setLabel] = useState("");
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const name = label.normalize("NFC").trim();
    if (name === "") return setProblem(words.profiles.empty);
    if (all.some((one) => one.label === name)) return setProblem(words.profiles.taken);
    addProfile(name);
  };
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <Field
        label={words.profiles.add}
        hint={words.profiles.addHint}
        problem={problem}
        autoComplete="off"
        maxLength={MAX_LABEL}
        value={label}
        onChange={(event) => {
          setProblem(undefined);
          setLabel(event.target.value);
        }}
      />
      <Button type="submit">{words.profiles.addDo}</Button>
    </form>
  );
}

function LabelForm({ id, label }: { id: string; label: string }) {
  const words = useWords();
  const toasts = useToasts();
  const [text, setText] = useState(label);
  const name = text.normalize("NFC").trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name === "" || name === label) return;
    relabelProfile(id, name);
    toasts.say(words.profiles.renamed);
  };
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <Field
        label={words.profiles.label}
        hint={words.profiles.labelHint}
        autoComplete="off"
        maxLength={MAX_LABEL}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button type="submit" disabled={name === "" || name === label}>
        {words.app.save}
      </Button>
    </form>
  );
}
