import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { SendIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { TOUCH, useMedia } from "../shell/media.ts";
import styles from "./composer.module.css";

interface ComposerProps {
  name: string;
  draft: string;
  onDraft: (text: string) => void;
  /** Resolves when the message is safe on this device; if not, the text comes back. */
  onSend: (text: string) => Promise<void>;
}

const DRAFT_MS = 400;

/** Keeps a draft a moment after the last key, and at once when the composer goes away. */
function useDraft(initial: string, onDraft: (text: string) => void) {
  const [text, setText] = useState(initial);
  const saved = useRef(initial);
  const latest = useRef({ text, onDraft });
  useEffect(() => {
    latest.current = { text, onDraft };
  });
  useEffect(() => {
    const flush = () => {
      if (latest.current.text === saved.current) return;
      saved.current = latest.current.text;
      latest.current.onDraft(latest.current.text);
    };
    const timer = setTimeout(flush, DRAFT_MS);
    return () => clearTimeout(timer);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- each change of the text begins the wait anew
  }, [text]);
  useEffect(
    () => () => {
      const { text: last, onDraft: keep } = latest.current;
      if (last !== saved.current) keep(last);
    },
    [],
  );
  return [text, setText] as const;
}

export function Composer({ name, draft, onDraft, onSend }: ComposerProps) {
  const words = useWords();
  const touch = useMedia(TOUCH);
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useDraft(draft, onDraft);
  const empty = text.trim() === "";

  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.blockSize = "auto";
    element.style.blockSize = `${element.scrollHeight + 2}px`;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the field is measured again for each text
  }, [text]);

  useEffect(() => {
    if (!touch) field.current?.focus({ preventScroll: true });
  }, [touch]);

  const send = () => {
    if (empty) return;
    const written = text;
    setText("");
    field.current?.focus();
    onSend(written.trim()).catch(() => setText((now) => (now === "" ? written : `${written}\n${now}`)));
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing || touch) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className={styles["composer"]}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        dir="auto"
        aria-label={words.composer.field(name)}
        aria-describedby="composer-hint"
        // The browser would write what is typed into its session files, in clear.
        autoComplete="off"
        placeholder={words.composer.placeholder}
        enterKeyHint={touch ? "enter" : "send"}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={pressed}
      />
      <span id="composer-hint" className="hidden">
        {touch ? "" : words.composer.hint}
      </span>
      <button
        type="submit"
        aria-label={words.composer.send}
        title={words.composer.send}
        aria-disabled={empty || undefined}
      >
        <SendIcon />
      </button>
    </form>
  );
}
