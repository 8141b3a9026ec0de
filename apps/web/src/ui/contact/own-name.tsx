import { useState, type FormEvent } from "react";
import type { ContactView } from "@pli/engine/api";
import { nameForQuotes } from "@pli/engine/content";
import { Button } from "../base/button.tsx";
import { NameField } from "../base/field.tsx";
import { useToasts } from "../base/toast.tsx";
import { useAction } from "../use-action.ts";
import { useApi } from "../client.ts";
import { useWords } from "../language.tsx";
import { isGiven } from "../naming.ts";
import styles from "./contact.module.css";

/** A name of one's own for a contact. */
export function OwnName({ contact }: { contact: ContactView }) {
  const words = useWords();
  const api = useApi();
  const toasts = useToasts();
  const given = isGiven(contact) ? contact.name : "";
  const [text, setText] = useState(given);
  const { run, busy, error, clear } = useAction(async () => {
    await api.nameContact({ contact: contact.id, name: text });
    toasts.say(words.app.saved);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text !== given) run();
  };
  return (
    <form className={styles["name"]} onSubmit={submit} noValidate>
      <NameField
        label={words.contact.name}
        hint={words.contact.nameHint(nameForQuotes(contact.ownName))}
        error={error}
        placeholder={contact.ownName}
        value={text}
        onName={(typed) => {
          clear();
          setText(typed);
        }}
      />
      <Button type="submit" busy={busy} disabled={text === given}>
        {words.app.save}
      </Button>
    </form>
  );
}
