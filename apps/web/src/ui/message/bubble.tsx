import { useState, type KeyboardEvent, type MouseEvent } from "react";
import type { MessageView } from "@pli/engine/api";
import { lureOf } from "@pli/engine/content";
import { Avatar, toneOf } from "../base/avatar.tsx";
import { Name } from "../base/name.tsx";
import { EmojiButton } from "../emoji/button.tsx";
import { SmileIcon } from "../icons.tsx";
import { useWording, type Wording } from "../wording.ts";
import type { MessageActions } from "./actions.ts";
import { authorOf } from "./author.ts";
import { BubbleMeta } from "./bubble-meta.tsx";
import type { BubbleKind, Kind } from "./kinds/kind.ts";
import { typedText } from "./kinds/index.ts";
import { lineOf } from "./line.ts";
import { MessageMenu } from "./menu.tsx";
import { Quote, quotedAuthor, quotedText } from "./quote.tsx";
import { Reactions, reactionText } from "./reactions.tsx";
import { stateText } from "./state.tsx";
import styles from "./bubble.module.css";

interface BubbleProps {
  message: MessageView;
  kind: BubbleKind<Kind>;
  /** What the reader calls the conversation. */
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
export function Bubble({ message, kind, name, group, first, last, active, found, actions, onFocus }: BubbleProps) {
  const wording = useWording();
  const { isOpen, setOpen, onKeyDown, onContextMenu } = useMenuKeys((key) => keyAction(key, message, actions));
  const [isReacting, setReacting] = useState(false);
  const named = group && !message.mine;
  const { Content } = kind;
  return (
    <article
      className={[
        styles["message"],
        message.mine ? styles["own"] : "",
        named ? styles["named"] : "",
        last ? styles["end"] : "",
      ].join(" ")}
      aria-label={labelOf(message, name, wording)}
      data-message={message.id}
      data-found={found || undefined}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- one stop per message, moved with the arrows
      tabIndex={active ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      onContextMenu={onContextMenu}
    >
      {named && first && <Avatar id={message.from} name={message.fromName} size="tiny" />}
      <div className={[styles["bubble"], first ? styles["first"] : "", last ? styles["last"] : ""].join(" ")}>
        {named && first && <Author message={message} />}
        {message.replyTo !== undefined && <Quote quote={message.replyTo} reachable={active} onShow={actions.goTo} />}
        <Content message={message} active={active} actions={actions} />
        <BubbleMeta message={message} last={last} active={active} onVersions={() => actions.showVersions(message)} />
      </div>
      <MessageMenu
        message={message}
        className={styles["menu"] ?? ""}
        open={isOpen}
        onOpenChange={setOpen}
        onReact={() => setReacting(true)}
        actions={actions}
      />
      {actions.writable && typedText(message) !== undefined && (
        <EmojiButton
          label={wording.words.thread.react}
          icon={<SmileIcon size={20} />}
          className={`${styles["menu"]} ${styles["react"]}`}
          skipTab
          open={isReacting}
          onOpenChange={setReacting}
          onChoose={(emoji) => actions.react(message, emoji)}
        />
      )}
      <Reactions message={message} reachable={active} actions={actions} />
      {message.state === "failed" && (
        <Problem error={message.error} active={active} onResend={() => actions.resend(message)} />
      )}
    </article>
  );
}

/** The menu of a message opens from the keyboard, and in place of the browser's own. */
function useMenuKeys(act: (key: string) => boolean) {
  const [isOpen, setOpen] = useState(false);
  const open = (event: { preventDefault(): void }) => {
    event.preventDefault();
    setOpen(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter" || event.key === "ContextMenu") open(event);
    else if (!event.ctrlKey && !event.metaKey && !event.altKey && act(event.key.toLowerCase())) event.preventDefault();
  };
  const onContextMenu = (event: MouseEvent) => {
    if (window.getSelection()?.isCollapsed !== false) open(event);
  };
  return { isOpen, setOpen, onKeyDown, onContextMenu };
}

/** What a letter does with the message that has the focus. Whether it is one of them. */
function keyAction(key: string, message: MessageView, actions: MessageActions): boolean {
  const isText = typedText(message) !== undefined;
  if (key === "r" && isText && actions.writable) actions.answer(message);
  else if (key === "e" && isText && message.mine && actions.writable) actions.edit(message);
  else if (key === "s") actions.star(message);
  else if (key === "delete") actions.forget(message);
  else return false;
  return true;
}

/** What a screen reader says of a message: who, when, what, and where it stands. */
function labelOf(message: MessageView, name: string, wording: Wording): string {
  const { words, format, nameOf } = wording;
  const { mine, sentAt, fromRosterOf: teller } = message;
  const author = mine ? words.app.you : authorOf(message, name, wording);
  const by = teller === undefined ? author : words.group.toldAuthor(author, nameOf(teller));
  const lure = lureOf(message);
  const line = lineOf(message, name, wording) + (lure === undefined ? "" : ` (${words.thread.lures[lure]})`);
  return [
    words.thread.message(by, format.time(sentAt), line, stateText(message, words)),
    ...marksOf(message, wording),
  ].join(", ");
}

/** What stands at a message besides what it says. */
function marksOf({ replyTo, edited, starred, reactions = [] }: MessageView, wording: Wording): string[] {
  const { thread } = wording.words;
  return [
    ...(replyTo === undefined ? [] : [thread.answers(quotedAuthor(replyTo, wording), quotedText(replyTo, wording))]),
    ...(edited === undefined ? [] : [thread.edited]),
    ...(starred === true ? [thread.starred] : []),
    ...reactions.map((reaction) => reactionText(reaction, wording)),
  ];
}

function Author({ message: { from, fromName, fromRosterOf: teller } }: { message: MessageView }) {
  const { words, nameOf } = useWording();
  return (
    <p className={styles["author"]} data-tone={toneOf(from)}>
      <Name id={from} name={fromName} />
      {teller !== undefined && <span className={styles["relayed"]}> · {words.group.toldBy(nameOf(teller))}</span>}
    </p>
  );
}

/** Why a message was not sent, and a way to send it again. */
function Problem({ error, active, onResend }: { error: string | undefined; active: boolean; onResend: () => void }) {
  const { words, sentence } = useWording();
  return (
    <p className={styles["problem"]}>
      {error !== undefined && <>{sentence(error)} </>}
      <button type="button" tabIndex={active ? 0 : -1} onClick={onResend}>
        {words.thread.resend}
      </button>
    </p>
  );
}
