import { useCallback, useLayoutEffect, useState } from "react";
import type { MessageView, Queries } from "@pli/engine/api";
import { useLive } from "../use-live.ts";

/** How many messages are held at once, around what is in view. */
const HELD = 200;

type Page = Queries["messages"]["result"];

/** What is in view of a list of messages. */
export interface View {
  /** The order of the message in the middle. */
  middle: number;
  /** The last message of the conversation is in view. */
  isAtEnd: boolean;
  /** What is held ends close to what is in view, and the conversation does not. */
  isNearEdge: boolean;
}

/** Part of a conversation: it moves with what is in view, and its length is bounded. */
export interface ThreadWindow {
  /** Undefined until the first is known. */
  messages: readonly MessageView[] | undefined;
  hasOlder: boolean;
  hasNewer: boolean;
  /** It shows the end, and what comes. */
  isFollowing: boolean;
  /** `messages` are about to lose what has left it. */
  isMoving: boolean;
  /** Grows when nothing that is held now was held before: the list starts over. */
  leap: number;
  /** Moves what is held to what is in view. */
  look(view: View): void;
  /** Holds what is around this order, or the end. */
  goTo(order: number | undefined): void;
}

/** `isLeap`: it may be far from what is held. */
interface Place {
  around: number | undefined;
  isLeap: boolean;
}

interface Held {
  page: Page;
  /**
   * While it moves, also what leaves it: the list grows on one side before it shrinks on the other,
   * and keeps its place.
   */
  messages: readonly MessageView[];
  leap: number;
}

/** `first`: the order around which it begins; the end without one. */
export function useThreadWindow(conversation: string, first: number | undefined): ThreadWindow {
  const [{ around, isLeap }, setPlace] = useState<Place>({ around: first, isLeap: true });
  const position = around === undefined ? {} : { around };
  const page = useLive("messages", { conversation, limit: HELD, ...position });
  const [held, setHeld] = useState<Held>();
  // While another page is on its way the present one stays.
  if (page !== undefined && page !== held?.page) {
    const next = movedTo(held, page);
    const end = held?.messages.at(-1)?.order;
    // More came at once than is held: it is shown from where it begins.
    if (next.leap !== held?.leap && !isLeap && around === undefined) setPlace({ around: end, isLeap: true });
    else setHeld(next);
  }
  useLayoutEffect(() => {
    // oxlint-disable-next-line react/set-state-in-effect -- the list has to be laid out between the two
    if (held !== undefined && held.messages !== held.page.messages) setHeld({ ...held, messages: held.page.messages });
  }, [held]);
  const isReady = page !== undefined;
  const look = useCallback(
    ({ middle, isAtEnd, isNearEdge }: View) => {
      setPlace((now) => {
        if (!isReady) return now;
        if (isAtEnd) return now.around === undefined ? now : { around: undefined, isLeap: false };
        const stays = (now.around !== undefined && !isNearEdge) || now.around === middle;
        return stays ? now : { around: middle, isLeap: false };
      });
    },
    [isReady],
  );
  return {
    messages: held?.messages,
    hasOlder: held?.page.hasOlder ?? false,
    hasNewer: held?.page.hasNewer ?? false,
    isFollowing: around === undefined,
    isMoving: held !== undefined && held.messages !== held.page.messages,
    leap: held?.leap ?? 0,
    look,
    goTo: useCallback((order: number | undefined) => setPlace({ around: order, isLeap: true }), []),
  };
}

function movedTo(held: Held | undefined, page: Page): Held {
  if (held === undefined) return { page, messages: page.messages, leap: 0 };
  const [first, last] = [page.messages[0]?.order ?? 0, page.messages.at(-1)?.order ?? 0];
  const before = held.messages.filter(({ order }) => order < first);
  const after = held.messages.filter(({ order }) => order > last);
  const isElsewhere = before.length === held.messages.length || after.length === held.messages.length;
  if (isElsewhere && held.messages.length > 0) return { page, messages: page.messages, leap: held.leap + 1 };
  const leaving = before.length + after.length;
  return { page, messages: leaving === 0 ? page.messages : [...before, ...page.messages, ...after], leap: held.leap };
}
