import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import type { MessageView } from "@pli/engine/api";
import { Button } from "../base/button.tsx";
import { lineOf } from "../conversations/preview.ts";
import { DownIcon, UpIcon } from "../icons.tsx";
import { useWords } from "../language.tsx";
import { useNow } from "../shell/now.ts";
import { useTeller } from "../teller.ts";
import { Bubble, type MessageActions } from "./bubble.tsx";
import type { Row } from "./rows.ts";
import styles from "./log.module.css";

interface LogProps {
  rows: Row[];
  name: string;
  group: boolean;
  unread: number;
  /** A message to bring into view and point at. */
  target: string | undefined;
  hasOlder: boolean;
  onOlder: () => void;
  actions: MessageActions;
}

const NEAR_END = 120;
const NEAR_START = 400;

/** The messages, oldest at the top; only what is in view exists. Follows the end while the reader is there. */
export function Log({ rows, name, group, unread, target, hasOlder, onOlder, actions }: LogProps) {
  const words = useWords();
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const [above, setAbove] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const firstKey = rows.find(({ kind }) => kind === "message" || kind === "note")?.key;
  const [knownFirst, setKnownFirst] = useState(firstKey);
  const prepended = knownFirst !== firstKey && rows.some((row) => row.key === knownFirst);
  if (knownFirst !== firstKey && !prepended) setKnownFirst(firstKey);
  useEffect(() => {
    if (prepended) setKnownFirst(firstKey);
  }, [prepended, firstKey]);

  const stops = rows.filter((row) => row.kind === "message" || row.kind === "note");
  const active = stops.some((row) => row.key === chosen) ? chosen : stops.at(-1)?.key;
  const unreadAt = rows.findIndex((row) => row.kind === "unread");

  const toEnd = useCallback(() => list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: "end" }), []);
  const lastKey = rows.at(-1)?.key;
  const lastMine = rows.at(-1)?.kind === "message" && (rows.at(-1) as { message: MessageView }).message.mine;
  const opened = useRef(false);
  const followed = useRef(lastKey);
  const targetAt = target === undefined ? -1 : rows.findIndex((row) => row.key === target);

  useLayoutEffect(() => {
    if (opened.current || rows.length === 0 || targetAt >= 0) return;
    opened.current = true;
    atEnd.current = unreadAt < 0;
    if (unreadAt >= 0) list.current?.scrollToIndex(unreadAt, { align: "start", offset: -12 });
    else list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  }, [rows, targetAt, unreadAt]);

  useLayoutEffect(() => {
    if (targetAt < 0) return;
    opened.current = true;
    atEnd.current = false;
    list.current?.scrollToIndex(targetAt, { align: "center" });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each target, not each time rows move
  }, [target, targetAt >= 0]);

  useLayoutEffect(() => {
    if (followed.current === lastKey) return;
    followed.current = lastKey;
    if (atEnd.current || lastMine) list.current?.scrollToIndex(rows.length - 1, { align: "end" });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when something new comes last
  }, [lastKey]);

  const scrolled = () => {
    const element = scroller.current;
    if (element === null) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    atEnd.current = left < NEAR_END;
    setAway(left > element.clientHeight);
    const unreadTop = unreadAt < 0 ? 0 : (list.current?.getItemOffset(unreadAt) ?? 0);
    setAbove(unreadAt >= 0 && element.scrollTop > unreadTop + 8);
    if (hasOlder && element.scrollTop < NEAR_START) onOlder();
  };

  /** The composer growing or the keyboard opening must not hide the last words. */
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const focusRow = (key: string) => {
    setChosen(key);
    const index = rows.findIndex((row) => row.key === key);
    list.current?.scrollToIndex(index, { align: "nearest" });
    requestAnimationFrame(() => {
      scroller.current
        ?.querySelector<HTMLElement>(`[data-message="${CSS.escape(key)}"]`)
        ?.focus({ preventScroll: true });
    });
  };
  const pressed = (event: KeyboardEvent) => {
    const at = stops.findIndex((row) => row.key === active);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: stops.length - 1 }[event.key];
    const row = to === undefined ? undefined : stops[Math.max(0, to)];
    if (row === undefined || (event.target as HTMLElement).closest("[role=menu]") !== null) return;
    event.preventDefault();
    focusRow(row.key);
  };
  const keep = rows.findIndex((row) => row.key === active);

  return (
    <div className={styles["frame"]}>
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- its messages take the focus */}
      <div
        ref={scroller}
        className={styles["log"]}
        role="log"
        aria-live="off"
        aria-label={words.thread.log(name)}
        onKeyDown={pressed}
        onScroll={scrolled}
      >
        <div className={styles["spacer"]} />
        <Virtualizer ref={list} scrollRef={scroller} shift={prepended} keepMounted={keep < 0 ? [] : [keep]} data={rows}>
          {(row) => (
            <RowView
              key={row.key}
              row={row}
              name={name}
              group={group}
              active={row.key === active}
              found={row.key === target}
              actions={actions}
              onFocus={() => setChosen(row.key)}
            />
          )}
        </Virtualizer>
      </div>
      {above && unread > 0 && (
        <button
          type="button"
          className={[styles["jump"], styles["up"]].join(" ")}
          onClick={() => list.current?.scrollToIndex(unreadAt, { align: "start", offset: -12, smooth: true })}
        >
          <UpIcon size={18} /> {words.thread.jumpUnread(unread)}
        </button>
      )}
      {away && (
        <button
          type="button"
          className={[styles["jump"], styles["down"]].join(" ")}
          aria-label={words.thread.jumpLatest}
          title={words.thread.jumpLatest}
          onClick={() => {
            toEnd();
            list.current?.scrollToIndex(rows.length - 1, { align: "end" });
          }}
        >
          <DownIcon size={22} />
        </button>
      )}
    </div>
  );
}

interface RowViewProps {
  row: Row;
  name: string;
  group: boolean;
  active: boolean;
  found: boolean;
  actions: MessageActions;
  onFocus: () => void;
}

function RowView({ row, name, group, active, found, actions, onFocus }: RowViewProps) {
  const teller = useTeller();
  const { words, format } = teller;
  const now = useNow();
  switch (row.kind) {
    case "day":
      return (
        <h2 className={styles["day"]}>
          <time dateTime={new Date(row.at).toISOString()}>{format.day(row.at, now)}</time>
        </h2>
      );
    case "unread":
      return <p className={styles["unread"]}>{words.thread.newMessages}</p>;
    case "told":
      return <p className={styles["note"]}>{words.group.toldBefore(teller.nameOf(row.teller))}</p>;
    case "note":
      return (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a stop of the log like any message
        <p className={styles["note"]} data-message={row.key} tabIndex={active ? 0 : -1} onFocus={onFocus}>
          {lineOf(row.message, name, teller)}
          {row.message.body.kind === "held" && row.message.body.mayAsk && (
            <Button kind="quiet" className={styles["ask"] ?? ""} onClick={() => actions.askAgain(row.message)}>
              {words.thread.heldAsk}
            </Button>
          )}
        </p>
      );
    case "message":
      return (
        <Bubble
          message={row.message}
          name={name}
          group={group}
          first={row.first}
          last={row.last}
          active={active}
          found={found}
          actions={actions}
          onFocus={onFocus}
        />
      );
  }
}
