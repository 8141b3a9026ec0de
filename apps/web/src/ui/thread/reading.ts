import { useCallback, useEffect, useRef, useState } from "react";
import type { ConversationView } from "@pli/engine/api";
import { useApi } from "../client.ts";
import { typedText } from "../message/kinds/index.ts";
import { isAttended } from "../shell/sight.ts";

/** How long the line above what was new stays once all of it is read. */
const LINE_STAYS_MS = 4_000;

export interface InView {
  /**
   * The orders of the first message of which something is in view, and of the last whose end is.
   */
  first: number;
  last: number;
  /** A dialog or a menu covers it. */
  isCovered(): boolean;
}

export interface Reading {
  /** A line above the first message after this order says that it is new. */
  lineAfter: number | undefined;
  /** Unread messages are above: a search led past them. */
  isPast: boolean;
  /** What the list shows now. */
  see(view: InView): void;
  /** A search leads to the message of this order. */
  leadTo(order: number): void;
  /** The person goes to the end, and leaves unread what is before it. */
  catchUp(): void;
}

/**
 * Marks as read the messages on the screen of somebody who looks at it, and those they scrolled by;
 * never those that a search led past. `openedAt`: the order of the message that the thread was
 * opened for, or 0; `firstUnread`: that of the first unread message, if it is held; `isFollowing`:
 * the end is in view.
 */
export function useReading(
  { id, unread, readUpTo, last }: ConversationView,
  { openedAt, firstUnread, isFollowing }: { openedAt: number; firstUnread: number | undefined; isFollowing: boolean },
): Reading {
  const api = useApi();
  const [lineAfter, setLineAfter] = useState(unread > 0 ? readUpTo : undefined);
  const [isPast, setPast] = useState(unread > 0 && openedAt > readUpTo);
  const view = useRef<InView>(undefined);

  const mark = useCallback(() => {
    if (unread > 0 && lineAfter === undefined && (!isFollowing || !isAttended())) setLineAfter(readUpTo);
    if (unread === 0 || view.current === undefined || view.current.isCovered() || !isAttended()) return;
    const { first, last: upTo } = view.current;
    const isReached = firstUnread !== undefined && first <= firstUnread;
    if (isPast && isReached) setPast(false);
    else if (!isPast && upTo > readUpTo) void api.markRead({ conversation: id, upTo }).catch(() => undefined);
  }, [api, id, unread, readUpTo, firstUnread, isPast, isFollowing, lineAfter]);

  useEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- the line depends on whether somebody looks when a message comes
    mark();
    // What covered the thread gives the focus back a little later than it goes.
    const later = () => void setTimeout(mark, 50);
    const events = ["visibilitychange", "focusin"] as const;
    for (const event of events) document.addEventListener(event, later);
    window.addEventListener("focus", later);
    return () => {
      for (const event of events) document.removeEventListener(event, later);
      window.removeEventListener("focus", later);
    };
  }, [mark]);

  const answer = last?.mine === true && typedText(last) !== undefined ? last.order : 0;
  if (lineAfter !== undefined && answer > lineAfter) setLineAfter(undefined);
  useEffect(() => {
    if (lineAfter === undefined || unread > 0 || !isFollowing) return undefined;
    const timer = setTimeout(() => setLineAfter(undefined), LINE_STAYS_MS);
    return () => clearTimeout(timer);
  }, [lineAfter, unread, isFollowing]);

  const see = useCallback(
    (now: InView) => {
      view.current = now;
      mark();
    },
    [mark],
  );
  const leadTo = (order: number): void => setPast(unread > 0 && order > readUpTo);
  return { lineAfter, isPast: isPast && unread > 0, see, leadTo, catchUp: useCallback(() => setPast(false), []) };
}
