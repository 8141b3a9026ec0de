import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { SendIcon } from "../../icons.tsx";
import { useWords } from "../../language.tsx";
import { isComposing } from "../../keys.ts";
import { TOUCH, useMedia } from "../../shell/media.ts";
import { createDraft, type DraftKeeper } from "./draft.ts";
import styles from "./composer.module.css";

interface ComposerProps {
  name: string;
  /** The draft that all windows share, as last heard. */
  draft: string;
  keeper: DraftKeeper;
}

/**
 * A page that ends takes its worker along: it stays for this long, so that what is on its way
 * reaches the device.
 */
const LAST_MS = 100;

function stay(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/**
 * What stands in the field: kept as it is typed, and at once when the composer or the page goes
 * away.
 */
function useDraft(shared: string, keeper: DraftKeeper) {
  const [text, setText] = useState(shared);
  const [draft] = useState(() => createDraft(shared, keeper, setText));
  useEffect(() => draft.heard(shared), [draft, shared]);
  useEffect(() => {
    const hidden = () => {
      if (document.hidden) draft.flush();
    };
    const ends = () => {
      if (draft.flush()) stay(LAST_MS);
    };
    addEventListener("pagehide", ends);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      draft.flush();
      removeEventListener("pagehide", ends);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [draft]);
  const type = (typed: string) => {
    setText(typed);
    draft.typed(typed);
  };
  return { text, type, send: draft.send };
}

export function Composer({ name, draft, keeper }: ComposerProps) {
  const words = useWords();
  const touch = useMedia(TOUCH);
  const field = useRef<HTMLTextAreaElement>(null);
  const { text, type, send: sendDraft } = useDraft(draft, keeper);
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
