import { useState, type KeyboardEvent } from "react";
import type { MessageView } from "@pli/engine/api";
import { Menu } from "../base/menu.tsx";
import { lineOf } from "../conversations/preview.ts";
import { CopyIcon, InfoIcon, MoreIcon, ResendIcon, TrashIcon } from "../icons.tsx";
import { useErrorSentence, useFormat, useWords } from "../language.tsx";
import { Markdown } from "./markdown.tsx";
import { StateMark } from "./state.tsx";
import styles from "./bubble.module.css";

export interface MessageActions {
  copy(message: MessageView): void;
  resend(message: MessageView): void;
  forget(message: MessageView): void;
  openLink(href: string): void;
}

interface BubbleProps {
  message: MessageView;
  name: string;
  first: boolean;
  last: boolean;
  /** The one message the tab key reaches. */
  active: boolean;
  found: boolean;
  actions: MessageActions;
  onFocus: () => void;
}

/** One message: one stop of the keyboard, read out as who, when, what and where it stands. */
export function Bubble({ message, name, first, last, active, found, actions, onFocus }: BubbleProps) {
  const words = useWords();
  const format = useFormat();
  const sentence = useErrorSentence();
  const [menu, setMenu] = useState(false);
  const time = format.time(message.sentAt);
  const author = message.mine ? words.app.you : name;
  const label = words.thread.message(author, time, lineOf(message, name, words), words.state[message.state]);
  const pressed = (event: KeyboardEvent) => {
    if (event.target === event.currentTarget && (event.key === "Enter" || event.key === "ContextMenu")) {
      event.preventDefault();
      setMenu(true);
    }
  };
  const shape = [styles["bubble"], first ? styles["first"] : "", last ? styles["last"] : ""].join(" ");
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Enter opens the message's own menu
    <article
      className={[styles["message"], message.mine ? styles["own"] : "", last ? styles["end"] : ""].join(" ")}
      aria-label={label}
      data-message={message.id}
      data-found={found || undefined}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- one stop per message, moved with the arrows
      tabIndex={active ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={pressed}
      onContextMenu={(event) => {
        if (window.getSelection()?.isCollapsed === false) return;
        event.preventDefault();
        setMenu(true);
      }}
    >
      <div className={shape}>
        {message.body.kind === "text" ? (
          <Markdown text={message.body.text} onLink={actions.openLink} reachable={active} />
        ) : (
          <span className={styles["unknown"]}>
            <InfoIcon size={18} /> {words.thread.unknown}
          </span>
        )}
        <span className={styles["meta"]}>
          <time dateTime={new Date(message.sentAt).toISOString()} title={format.dateTime(message.sentAt)}>
            {time}
          </time>
          {message.mine && <StateMark state={message.state} />}
        </span>
      </div>
      <Menu
        label={words.thread.actions}
        icon={<MoreIcon size={20} />}
        skipTab
        className={styles["menu"] ?? ""}
        open={menu}
        onOpenChange={setMenu}
        choices={choicesOf(message, actions, words)}
      />
      {message.state === "failed" && (
        <p className={styles["problem"]}>
          {message.error !== undefined && <>{sentence(message.error)} </>}
          <button type="button" tabIndex={active ? 0 : -1} onClick={() => actions.resend(message)}>
            {words.thread.resend}
          </button>
        </p>
      )}
    </article>
  );
}

function choicesOf(message: MessageView, actions: MessageActions, words: ReturnType<typeof useWords>) {
  const text = message.body.kind === "text";
  return [
    ...(text
      ? [{ id: "copy", label: words.thread.copy, icon: <CopyIcon />, onChoose: () => actions.copy(message) }]
      : []),
    ...(message.state === "failed"
      ? [{ id: "resend", label: words.thread.resend, icon: <ResendIcon />, onChoose: () => actions.resend(message) }]
      : []),
    {
      id: "forget",
      label: words.thread.forget,
      icon: <TrashIcon />,
      danger: true,
      onChoose: () => actions.forget(message),
    },
  ];
}
