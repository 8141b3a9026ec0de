import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { Button } from "../../base/button.tsx";
import { lineOf } from "../../conversations/preview.ts";
import { DownIcon, UpIcon } from "../../icons.tsx";
import { useFormat, useWords } from "../../language.tsx";
import { useNow } from "../../shell/now.ts";
import { isAttended } from "../../shell/sight.ts";
import { useTeller } from "../../teller.ts";
import { Bubble, type MessageActions } from "../../message/bubble.tsx";
import type { InView } from "../reading.ts";
import type { Row } from "./rows.ts";
import type { View } from "../window.ts";
import styles from "./log.module.css";

/**
 * Where the list goes, once for each such value: to a message of this order or the next one after
 * it, or to its end.
 */
export interface Goal {
  at: number | "end";
  /** In the middle, or first in view with the line above it that says what is new. */
  as?: "middle" | "first";
  /** The message takes the focus. */
  focused?: boolean;
}

interface LogProps {
  rows: Row[];
  name: string;
  group: boolean;
  goal: Goal;
  /** The rows are about to change again. */
  isMoving: boolean;
  /** Messages below that are not read. */
  unread: number;
  /** Those stand above. */
  isPast: boolean;
  /** A message to bring into view and point at. */
  target: string | undefined;
  hasOlder: boolean;
  hasNewer: boolean;
  /** The last message that this person wrote: when there is another, the list shows it. */
  ownLast: string | undefined;
  onView: (view: View) => void;
  onSee: (view: InView) => void;
  onGoal: (goal: Goal | "unread") => void;
  actions: MessageActions;
}

const NEAR_END = 120;
const NEAR_EDGE = 800;
/**
 * What is in view counts as seen once the list is still for this long: until it has found its
 * place, other rows pass by.
 */
const STILL_MS = 150;

/** The order of a row's message; undefined for what stands between messages. */
const orderOf = (row: Row | undefined): number | undefined =>
  row?.kind === "message" || row?.kind === "note" ? row.message.order : undefined;

/** Whether the arrow keys stop at this row. */
const isStop = (row: Row): boolean => orderOf(row) !== undefined;

/** A row is there, and can take the focus, some frames after the list was scrolled to it. */
function focusSoon(find: () => HTMLElement | undefined, frames = 30): void {
  requestAnimationFrame(() => {
    const element = find();
    element?.focus({ preventScroll: true });
    if ((element === undefined || document.activeElement !== element) && frames > 0) focusSoon(find, frames - 1);
  });
}

/** Whether the place of a goal is among these rows. */
function isHeld({ at }: Goal, p: { rows: readonly Row[]; hasOlder: boolean; hasNewer: boolean }): boolean {
  const orders = p.rows.flatMap((row) => orderOf(row) ?? []);
  if (at === "end") return !p.hasNewer;
  return (!p.hasOlder || (orders[0] ?? 0) <= at) && (!p.hasNewer || (orders.at(-1) ?? 0) >= at);
}

/** Rows came or went before those that are in both lists. */
function hasMovedAtStart(before: readonly Row[], after: readonly Row[]): boolean {
  const [first, now] = [before.find(isStop)?.key, after.find(isStop)?.key];
  if (first === now) return false;
  return after.some(({ key }) => key === first) || before.some(({ key }) => key === now);
}

/**
 * The messages, oldest at the top; only what is in view exists. Follows the end while the reader is
 * there.
 */
export function Log(p: LogProps) {
  const { rows, name, group, goal, unread, isPast, target, hasOlder, hasNewer, ownLast, actions } = p;
  const words = useWords();
  const format = useFormat();
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(goal.at === "end");
  const [away, setAway] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const [known, setKnown] = useState(rows);
  const isShifted = known !== rows && hasMovedAtStart(known, rows);
  useLayoutEffect(() => setKnown(rows), [rows]);

  const stops = rows.filter(isStop);
  const active = stops.some((row) => row.key === chosen) ? chosen : stops.at(-1)?.key;
  const unreadAt = rows.findIndex((row) => row.kind === "unread");
  const reached = useRef<Goal>(undefined);

  const scrollTo = (index: number, align: "start" | "center" | "end") =>
    list.current?.scrollToIndex(index, align === "start" ? { align, offset: -12 } : { align });

  function focusRow(key: string): void {
    setChosen(key);
    const index = rows.findIndex((row) => row.key === key);
    list.current?.scrollToIndex(index, { align: "nearest" });
    focusSoon(() => scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(key)}"]`) ?? undefined);
  }

  useLayoutEffect(() => {
    if (reached.current === goal || p.isMoving || !isHeld(goal, { rows, hasOlder, hasNewer })) return;
    reached.current = goal;
    const { at, as = "middle", focused = false } = goal;
    const found = at === "end" ? -1 : rows.findIndex((row) => (orderOf(row) ?? -1) >= at);
    if (found < 0) scrollTo(rows.length - 1, "end");
    else if (as === "middle") scrollTo(found, "center");
    else scrollTo(unreadAt >= 0 ? unreadAt : found, "start");
    atEnd.current = found < 0;
    const row = found < 0 ? stops.at(-1) : rows[found];
    if (focused && row !== undefined) focusRow(row.key);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each goal, as soon as its place is held
  }, [goal, rows, hasOlder, hasNewer, p.isMoving]);

  useLayoutEffect(() => {
    if (p.isMoving || hasNewer || !atEnd.current || reached.current !== goal) return;
    scrollTo(rows.length - 1, "end");
    // What came while nobody looked begins where they left.
    const element = scroller.current;
    const top = unreadAt < 0 ? Infinity : (list.current?.getItemOffset(unreadAt) ?? Infinity);
    if (element === null || isAttended() || element.scrollHeight - element.clientHeight <= top - 12) return;
    atEnd.current = false;
    scrollTo(unreadAt, "start");
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only when rows come or go
  }, [rows, p.isMoving]);

  const toNewest = () => p.onGoal({ at: "end" });
  const wrote = useRef(ownLast);
  useEffect(() => {
    if (wrote.current === ownLast) return;
    wrote.current = ownLast;
    if (ownLast !== undefined) toNewest();
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for each message that one wrote
  }, [ownLast]);

  const look = useRef<() => void>(undefined);
  const seeing = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(seeing.current), []);
  useLayoutEffect(() => {
    look.current = () => {
      const element = scroller.current;
      if (element === null || reached.current !== goal || element.clientHeight === 0) return;
      const left = element.scrollHeight - element.scrollTop - element.clientHeight;
      atEnd.current = left < NEAR_END && !hasNewer;
      setAway(hasNewer || left > element.clientHeight || (left >= NEAR_END && unread > 0));
      const middle = list.current?.findItemIndex(element.scrollTop + element.clientHeight / 2) ?? 0;
      p.onView({
        middle: orderNear(rows, middle),
        isAtEnd: atEnd.current,
        isNearEdge: (hasOlder && element.scrollTop < NEAR_EDGE) || (hasNewer && left < NEAR_EDGE),
      });
      clearTimeout(seeing.current);
      seeing.current = setTimeout(() => {
        const inView = inViewOf(element, rows);
        if (inView !== undefined) p.onSee(inView);
      }, STILL_MS);
    };
  });
  useEffect(() => {
    // Rows are measured, and the list scrolled to where it begins, before what is in view can be
    // told.
    const frame = requestAnimationFrame(() => requestAnimationFrame(() => look.current?.()));
    return () => cancelAnimationFrame(frame);
  }, [rows, unread]);

  /** The composer growing or the keyboard opening must not hide the last words. */
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
      look.current?.();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Home" && hasOlder) return p.onGoal({ at: 0, focused: true });
    if (event.key === "End" && hasNewer) return p.onGoal({ at: "end", focused: true });
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
      <div
        ref={scroller}
        className={styles["log"]}
        role="log"
        aria-live="off"
        aria-label={words.thread.log(name)}
        onKeyDown={pressed}
        onScroll={() => look.current?.()}
      >
        <div className={styles["spacer"]} />
        <Virtualizer ref={list} scrollRef={scroller} shift={isShifted} keepMounted={keep < 0 ? [] : [keep]} data={rows}>
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
      {isPast && (
        <button type="button" className={[styles["jump"], styles["up"]].join(" ")} onClick={() => p.onGoal("unread")}>
          <UpIcon size={18} /> {words.thread.jumpUnread(unread)}
        </button>
      )}
      {away && (
        <button
          type="button"
          className={[styles["jump"], styles["down"]].join(" ")}
          aria-label={unread > 0 && !isPast ? words.thread.jumpNew(unread) : words.thread.jumpLatest}
          title={words.thread.jumpLatest}
          onClick={toNewest}
        >
          {unread > 0 && !isPast && <span className={styles["count"]}>{format.number(unread)}</span>}
          <DownIcon size={22} />
        </button>
      )}
    </div>
  );
}

/** The order of the message at this row, or of the next one after it. */
function orderNear(rows: readonly Row[], index: number): number {
  const found = rows.slice(index).find(isStop) ?? rows.findLast(isStop);
  return orderOf(found) ?? 0;
}

/** Which messages are in view, by what is on the screen. */
function inViewOf(element: HTMLElement, rows: readonly Row[]): InView | undefined {
  const orders = new Map(rows.map((row) => [row.key, orderOf(row)]));
  const frame = element.getBoundingClientRect();
  const shown = [...element.querySelectorAll<HTMLElement>("[data-message]")].flatMap((message) => {
    const order = orders.get(message.dataset["message"] ?? "");
    const { top, bottom } = message.getBoundingClientRect();
    return order === undefined || bottom <= frame.top || top >= frame.bottom ? [] : [{ order, bottom }];
  });
  const whole = shown.filter(({ bottom }) => bottom <= frame.bottom + 1).map(({ order }) => order);
  if (shown.length === 0) return undefined;
  return {
    first: Math.min(...shown.map(({ order }) => order)),
    last: Math.max(0, ...whole),
    isCovered: () => element.closest("[inert], [aria-hidden=true]") !== null,
  };
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
