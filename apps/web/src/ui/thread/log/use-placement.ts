import { useCallback, useEffectEvent, useLayoutEffect, useRef, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import { isAttended } from "../../shell/sight.ts";
import { isHeld, type Contents, type Goal } from "./goal.ts";
import { isStop, orderOf } from "./rows.ts";

interface PlacementOptions extends Contents {
  goal: Goal;
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLDivElement | null>;
  focusRow: (key: string) => void;
}

export interface Placement {
  /** The list follows the end, which is in view. */
  isAtEnd(): boolean;
  /** Says whether the end is in view now. */
  setAtEnd(isInView: boolean): void;
  /** The list has been at its present goal. */
  isPlaced(): boolean;
}

/** Room above the first row in view. */
const MARGIN = 12;

/** Scrolls the list to each goal once, and keeps it at the end while the reader is there. */
export function usePlacement({
  goal,
  list,
  scroller,
  focusRow,
  rows,
  hasOlder,
  hasNewer,
  isMoving,
}: PlacementOptions): Placement {
  const reached = useRef<Goal>(undefined);
  const atEnd = useRef(goal.at === "end");
  const unreadAt = rows.findIndex((row) => row.kind === "unread");

  const scrollToEnd = () => list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  const scrollToTop = (index: number) => list.current?.scrollToIndex(index, { align: "start", offset: -MARGIN });

  function reach({ at, as = "middle", focused = false }: Goal): void {
    const found = at === "end" ? -1 : rows.findIndex((row) => (orderOf(row) ?? -1) >= at);
    if (found < 0) scrollToEnd();
    else if (as === "middle") list.current?.scrollToIndex(found, { align: "center" });
    else scrollToTop(unreadAt >= 0 ? unreadAt : found);
    atEnd.current = found < 0;
    const row = found < 0 ? rows.findLast(isStop) : rows[found];
    if (focused && row !== undefined) focusRow(row.key);
  }

  function stayAtEnd(): void {
    scrollToEnd();
    // What came while nobody looked begins where they left.
    const element = scroller.current;
    const top = unreadAt < 0 ? Infinity : (list.current?.getItemOffset(unreadAt) ?? Infinity);
    if (element === null || isAttended() || element.scrollHeight - element.clientHeight <= top - MARGIN) return;
    atEnd.current = false;
    scrollToTop(unreadAt);
  }

  /** First the goal, as soon as its place is held; once it is reached, the end. */
  const place = useEffectEvent((next: Goal, contents: Contents) => {
    if (contents.isMoving) return;
    if (reached.current !== next && isHeld(next, contents)) {
      reached.current = next;
      reach(next);
    } else if (reached.current === next && atEnd.current && !contents.hasNewer) stayAtEnd();
  });
  useLayoutEffect(
    () => place(goal, { rows, hasOlder, hasNewer, isMoving }),
    [goal, rows, hasOlder, hasNewer, isMoving],
  );

  const isAtEnd = useCallback(() => atEnd.current, []);
  const setAtEnd = useCallback((isInView: boolean) => void (atEnd.current = isInView), []);
  return { isAtEnd, setAtEnd, isPlaced: () => reached.current === goal };
}
