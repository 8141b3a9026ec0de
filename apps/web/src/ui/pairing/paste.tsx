import { useState, type FormEvent } from "react";
import { Button } from "../base/button.tsx";
import { Field } from "../base/field.tsx";
import { Quiet, Stack } from "../base/page.tsx";
import { CameraIcon } from "../icons.tsx";
import { useErrorSentence, useWords } from "../language.tsx";
import { TOUCH, useMedia } from "../shell/media.ts";
import { Scanner, type Scans } from "./scanner.tsx";
import styles from "./pairing.module.css";

/** What is said around the field: of an invitation, or of a device to add. */
export interface PasteWords {
  readonly lead: string;
  readonly field: string;
  readonly placeholder: string;
  readonly go: string;
  readonly opening: string;
}

interface PasteProps {
  said: PasteWords;
  /** Which links the camera takes, and what it says of others. */
  scans: Scans;
  busy: boolean;
  error: string | undefined;
  first: string;
  onLink: (link: string) => void;
  onChange: () => void;
}

/** A link to paste or to scan. */
export function Paste({ said, scans, busy, error, first, onLink, onChange }: PasteProps) {
  const words = useWords();
  const sentence = useErrorSentence();
  const touch = useMedia(TOUCH);
  const [text, setText] = useState(first);
  const [scanning, setScanning] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onLink(text);
  };
  const scanned = (link: string) => {
    setScanning(false);
    setText(link);
    onLink(link);
  };
  return (
    <>
      <form onSubmit={submit} noValidate>
        <Stack>
          <Quiet>{said.lead}</Quiet>
          <Field
            label={said.field}
            placeholder={said.placeholder}
            problem={error === undefined ? undefined : sentence(error)}
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the screen is there to paste into
            autoFocus={!touch}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            inputMode="url"
            value={text}
            onChange={(event) => {
              onChange();
              setText(event.target.value);
            }}
          />
          <Button kind="primary" type="submit" busy={busy}>
            {busy ? said.opening : said.go}
          </Button>
        </Stack>
      </form>
      <p className={styles["or"]}>
        <span>{words.accept.or}</span>
      </p>
      {scanning ? (
        <Scanner scans={scans} onLink={scanned} onStop={() => setScanning(false)} />
      ) : (
        <Button icon={<CameraIcon />} onClick={() => setScanning(true)}>
          {words.accept.scan}
        </Button>
      )}
    </>
  );
}
