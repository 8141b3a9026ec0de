import { useState, type KeyboardEvent } from "react";
import type { MessageView } from "@pli/engine/api";
import { Name } from "../base/name.tsx";
import { Avatar, toneOf } from "../base/avatar.tsx";
import { Menu } from "../base/menu.tsx";
import type { Words } from "../../words/index.ts";
import { authorOf, lineOf } from "../conversations/preview.ts";
import { CopyIcon, HourglassIcon, InfoIcon, MoreIcon, ResendIcon, TrashIcon } from "../icons.tsx";
import { useFormat, useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { useTeller } from "../teller.ts";
import { Markdown } from "./markdown.tsx";
import { StateMark, stateText } from "./state.tsx";
import styles from "./bubble.module.css";

export interface MessageActions {
  copy(message: MessageView): void;
  /** Asks for what a line says was not kept. */
  askAgain(message: MessageView): void;
  resend(message: MessageView): void;
  forget(message: MessageView): void;
  openLink(href: string): void;
}

interface BubbleProps {
  message: MessageView;
  name: string;
  /** Whether several people write here: each is named. */
  group: boolean;
  first: boolean;
  last: boolean;
  /** The one message the tab key reaches. */
  active: boolean;
  found: boolean;
  actions: MessageActions;
  onFocus: () => void;
}

/** One message: one stop of the keyboard, read out as who, when, what and where it stands. */
export function Bubble({ message, name, group, first, last, active, found, actions, onFocus }: BubbleProps) {
  const teller = useTeller();
  const { words, format, sentence } = teller;
  const [menu, setMenu] = useState(false);
  const time = format.time(message.sentAt);
  const author = message.mine ? words.app.you : authorOf(message, name, teller);
  const { toldBy } = message;
  const said = toldBy === undefined ? author : words.group.toldAuthor(author, teller.nameOf(toldBy));
  const label = words.thread.message(said, time, lineOf(message, name, teller), stateText(message, words));
  const named = group && !message.mine;
  const pressed = (event: KeyboardEvent) => {
    if (event.target === event.currentTarget && (event.key === "Enter" || event.key === "ContextMenu")) {
      event.preventDefault();
      setMenu(true);
    }
  };
  const shape = [styles["bubble"], first ? styles["first"] : "", last ? styles["last"] : ""].join(" ");
  return (
    <article
      className={[
        styles["message"],
        message.mine ? styles["own"] : "",
        named ? styles["named"] : "",
        last ? styles["end"] : "",
      ].join(" ")}
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
      {named && first && <Avatar id={message.from} name={message.fromName} size="tiny" />}
      <div className={shape}>
        {named && first && (
          <p className={styles["author"]} data-tone={toneOf(message.from)}>
            <Name id={message.from} name={message.fromName} />
            {toldBy !== undefined && (
              <span className={styles["told"]}> · {words.group.toldBy(teller.nameOf(toldBy))}</span>
            )}
          </p>
        )}
        {message.body.kind === "text" ? (
          <Markdown text={message.body.text} onLink={actions.openLink} reachable={active} />
        ) : (
          <span className={styles["unknown"]}>
            <InfoIcon size={18} /> {words.thread.unknown}
          </span>
        )}
        <span className={styles["meta"]}>
          {last && message.read !== undefined && message.read > 0 && (
            <span aria-hidden="true">{words.group.readBy(message.read)} ·</span>
          )}
          <time dateTime={new Date(message.sentAt).toISOString()} title={format.dateTime(message.sentAt)}>
            {time}
          </time>
          {message.expiresAt !== undefined && <Disappearing at={message.expiresAt} />}
          {message.mine && <StateMark message={message} />}
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

function Disappearing({ at }: { at: number }) {
  const words = useWords();
  const format = useFormat();
  const text = words.group.disappears(format.until(at, useNow()));
  return (
    <span role="img" aria-label={text} title={text}>
      <HourglassIcon size={14} />
    </span>
  );
}

function choicesOf(message: MessageView, actions: MessageActions, words: Words) {
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
