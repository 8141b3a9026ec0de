import { useEffect, useLayoutEffect, useRef, type KeyboardEvent } from "react";
import { IconButton } from "../../base/button.tsx";
import { EmojiButton } from "../../emoji/button.tsx";
import { CloseIcon, FormatIcon, SendIcon, SmileIcon } from "../../icons.tsx";
import { usePreferences, useWords } from "../../language.tsx";
import { isComposing } from "../../keys.ts";
import { changePreferences } from "../../preferences.ts";
import { TOUCH, useMedia } from "../../shell/media.ts";
import { FormatBar } from "./bar.tsx";
import { FORMAT_KEYS, withFormat, type FormatName } from "./formatting.ts";
import { Preview } from "./preview.tsx";
import { replaceIn } from "./replace.ts";
import styles from "./composer.module.css";

/** What a text is about, and how that is given up. */
export interface About {
  title: string;
  text: string;
  cancel: string;
  onCancel: () => void;
}

interface TextFieldProps {
  label: string;
  placeholder: string;
  /** What the button does. */
  action: string;
  text: string;
  /** The message that it is about: one that it answers, or says otherwise. */
  about?: About | undefined;
  onType: (text: string) => void;
  onSend: () => void;
  /** The upward arrow, while there is no text. */
  onUp?: (() => void) | undefined;
}

/** A text with its marks and emoji, and the button that sends it. */
export function TextField({ label, placeholder, action, text, about, onType, onSend, onUp }: TextFieldProps) {
  const words = useWords();
  const touch = useMedia(TOUCH);
  const { spellcheck, formatBar } = usePreferences();
  const field = useRef<HTMLTextAreaElement>(null);
  const empty = text.trim() === "";

  // The field is as high as its text: measured at each render.
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.blockSize = "auto";
    element.style.blockSize = `${element.scrollHeight + 2}px`;
  });

  const aboutText = about?.text;
  useEffect(() => {
    if (!touch || aboutText !== undefined) field.current?.focus({ preventScroll: true });
  }, [touch, aboutText]);

  const send = () => {
    if (empty) return;
    field.current?.focus();
    onSend();
  };
  const format = (name: FormatName) => {
    const element = field.current;
    if (element === null) return;
    const { value, selectionStart: start, selectionEnd: end } = element;
    replaceIn(element, withFormat({ text: value, start, end }, name));
  };
  /** In the place of what is selected, as if it had been typed. */
  const insert = (emoji: string) => {
    const element = field.current;
    if (element === null) return;
    const { selectionStart: from, selectionEnd: to } = element;
    const end = from + emoji.length;
    replaceIn(element, { from, to, by: emoji, start: end, end });
  };
  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    const name = formatOf(event);
    if (name !== undefined) {
      event.preventDefault();
      format(name);
    }
    if (event.key === "Escape" && about !== undefined) about.onCancel();
    if (event.key === "ArrowUp" && text === "" && onUp !== undefined) {
      event.preventDefault();
      onUp();
    }
    if (event.key !== "Enter" || event.shiftKey || touch) return;
    event.preventDefault();
    send();
  };
  return (
    <div className={styles["foot"]}>
      {about !== undefined && <AboutLine {...about} />}
      <Preview text={text} />
      {formatBar && <FormatBar onFormat={format} />}
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
          aria-label={label}
          aria-describedby="composer-hint"
          // The browser would write what is typed into its session files, in clear.
          autoComplete="off"
          spellCheck={spellcheck}
          placeholder={placeholder}
          enterKeyHint={touch ? "enter" : "send"}
          value={text}
          onChange={(event) => onType(event.target.value)}
          onKeyDown={pressed}
        />
        <span id="composer-hint" className="hidden">
          {touch ? "" : words.composer.hint}
        </span>
        {/* Keyboards of touch screens have them. */}
        {!touch && <EmojiButton label={words.emoji.add} icon={<SmileIcon />} onChoose={insert} />}
        <IconButton
          label={formatBar ? words.composer.hideFormats : words.composer.showFormats}
          aria-expanded={formatBar}
          onClick={() => changePreferences({ formatBar: !formatBar })}
        >
          <FormatIcon />
        </IconButton>
        <button
          type="submit"
          className={styles["send"]}
          aria-label={action}
          title={action}
          aria-disabled={empty || undefined}
        >
          <SendIcon />
        </button>
      </form>
    </div>
  );
}

/** Above the field: what the text is about, and a way out. */
function AboutLine({ title, text, cancel, onCancel }: About) {
  return (
    <div className={styles["about"]}>
      <p>
        <strong>{title}</strong>
        <span>{text}</span>
      </p>
      <IconButton label={cancel} onClick={onCancel}>
        <CloseIcon size={18} />
      </IconButton>
    </div>
  );
}

/** The format that a key asks for: with Ctrl, or ⌘ on a Mac, as everywhere. */
function formatOf(event: KeyboardEvent): FormatName | undefined {
  if (event.altKey || !(event.ctrlKey || event.metaKey)) return undefined;
  return FORMAT_KEYS[event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()];
}
