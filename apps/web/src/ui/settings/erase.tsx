import { useState, type FormEvent } from "react";
import { Button } from "../base/button.tsx";
import { Dialog, DialogActions } from "../base/dialog.tsx";
import { Field } from "../base/field.tsx";
import { ErrorNotice } from "../base/notice.tsx";
import { useAction } from "../use-action.ts";
import { useClient } from "../client.ts";
import { TrashIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import styles from "./settings.module.css";

/** Erases this device, once the person has typed the word for it. */
export function EraseButton() {
  const words = useWords();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button kind="danger" icon={<TrashIcon />} onClick={() => setAsking(true)}>
        {words.storage.erase}
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={words.storage.eraseAsk} alert>
        <EraseForm onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function EraseForm({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const { host } = useClient();
  const [typed, setTyped] = useState("");
  const { run, busy, error } = useAction(() => host.erase());
  const meant = typed.trim().toLocaleLowerCase() === words.storage.eraseWord;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (meant) run();
  };
  return (
    <form className={styles["ask"]} onSubmit={submit} noValidate>
      <p>{words.storage.eraseText}</p>
      <Field
        label={words.storage.eraseType}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog must take the focus, and this is what it asks
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ErrorNotice code={error} />
      <DialogActions>
        <Button onClick={onClose}>{words.app.cancel}</Button>
        <Button kind="danger" type="submit" busy={busy} disabled={!meant}>
          {busy ? words.storage.erasing : words.storage.eraseDo}
        </Button>
      </DialogActions>
    </form>
  );
}
