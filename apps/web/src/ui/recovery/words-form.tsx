import { useState, type FormEvent, type ReactNode } from "react";
import type { WordsProblem } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { DialogActions } from "../base/dialog.tsx";
import { TextArea } from "../base/field.tsx";
import { Actions, Stack } from "../base/page.tsx";
import { useErrorSentence, useWords } from "../language.tsx";
import { useAction } from "../use-action.ts";

interface WordsFormProps {
  /** Resolves with what is wrong with the words, if something is. */
  send: (words: string) => Promise<WordsProblem | undefined>;
  label: string;
  busyLabel: string;
  /** In a dialog: a way out, and the words have the focus. */
  onCancel?: () => void;
  children?: ReactNode;
}

/** The recovery words as somebody types them; what is wrong with them is said by its place. */
export function WordsForm({ send, label, busyLabel, onCancel, children }: WordsFormProps) {
  const words = useWords();
  const sentence = useErrorSentence();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<WordsProblem>();
  const { run, busy, error, clear } = useAction(async () => setProblem(await send(text)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== "") run();
  };
  const said = (): string | undefined => {
    if (error !== undefined) return sentence(error);
    if (problem === undefined) return undefined;
    const { code, place, words: count } = problem;
    if (place !== undefined) return words.recovery.place(sentence(code), place);
    return count === undefined ? sentence(code) : words.recovery.count(sentence(code), count);
  };
  const submitButton = (
    <Button kind="primary" type="submit" busy={busy}>
      {busy ? busyLabel : label}
    </Button>
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <TextArea
          label={words.recovery.field}
          problem={said()}
          rows={5}
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog must take the focus, and this is what it asks
          autoFocus={onCancel !== undefined}
          // What a browser learns to fill in, or sends to a speller, it keeps in clear.
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          maxLength={4096}
          value={text}
          onChange={(event) => {
            clear();
            setProblem(undefined);
            setText(event.target.value);
          }}
        />
        {children}
        {onCancel === undefined ? (
          <Actions>{submitButton}</Actions>
        ) : (
          <DialogActions>
            <Button onClick={onCancel}>{words.app.cancel}</Button>
            {submitButton}
          </DialogActions>
        )}
      </Stack>
    </form>
  );
}
