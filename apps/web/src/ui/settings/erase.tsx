import { useState, type FormEvent } from "react";
import { Button } from "../base/button.tsx";
import { Dialog, DialogActions } from "../base/dialog.tsx";
import { Field } from "../base/field.tsx";
import { ErrorNotice } from "../base/notice.tsx";
import { useAction } from "../use-action.ts";
import { useClient } from "../client.ts";
import { TrashIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { leaveErased } from "../profiles.ts";
import { useProfiles } from "../use-profiles.ts";
import styles from "./settings.module.css";

/** Erases what this tab shows. Where there are other profiles, another one is shown then. */
export function useEraseProfile(): () => Promise<void> {
  const { host } = useClient();
  const { isOnly } = useProfiles();
  return async () => {
    await host.erase({ forGood: !isOnly });
    if (!isOnly) leaveErased();
  };
}

/** Erases this device, or one of several profiles, once the person has typed the word for it. */
export function EraseButton() {
  const words = useWords();
  const { isOnly, label } = useProfiles();
  const [asking, setAsking] = useState(false);
  const title = isOnly ? words.storage.eraseAsk : words.profiles.removeAsk(label);
  return (
    <>
      <Button kind="danger" icon={<TrashIcon />} onClick={() => setAsking(true)}>
        {isOnly ? words.storage.erase : words.profiles.remove}
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={title} alert>
        <EraseForm onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function EraseForm({ onClose }: { onClose: () => void }) {
  const words = useWords();
  const erase = useEraseProfile();
  const { isOnly } = useProfiles();
  const [typed, setTyped] = useState("");
  const { run, busy, error } = useAction(erase);
  const meant = typed.trim().toLocaleLowerCase() === words.storage.eraseWord;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (meant) run();
  };
  return (
    <form className={styles["ask"]} onSubmit={submit} noValidate>
      <p>{isOnly ? words.storage.eraseText : words.profiles.removeText}</p>
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
