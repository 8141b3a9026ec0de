import { useEffect, useLayoutEffect, useRef, type KeyboardEvent } from "react";
import { SendIcon } from "../../icons.tsx";
import { useWords } from "../../language.tsx";
import { isComposing } from "../../keys.ts";
import { TOUCH, useMedia } from "../../shell/media.ts";
import type { DraftKeeper } from "./draft.ts";
import { useDraft } from "./use-draft.ts";
import styles from "./composer.module.css";

interface ComposerProps {
  name: string;
  /** The draft that all windows share. */
  draft: string;
  keeper: DraftKeeper;
}

export function Composer({ name, draft, keeper }: ComposerProps) {
  const words = useWords();
  const touch = useMedia(TOUCH);
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, type, send: sendDraft } = useDraft(draft, keeper);
  const empty = text.trim() === "";

  // The field is as high as its text: measured at each render.
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.blockSize = "auto";
    element.style.blockSize = `${element.scrollHeight + 2}px`;
  });

  useEffect(() => {
    if (!touch) field.current?.focus({ preventScroll: true });
  }, [touch]);

  const send = () => {
    if (empty) return;
    field.current?.focus();
    sendDraft();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event.nativeEvent) || touch) return;
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
        onChange={(event) => type(event.target.value)}
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
