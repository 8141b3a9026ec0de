import { useEffect, useEffectEvent, useRef, useState, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { InView } from "../reading.ts";
import type { View } from "../window.ts";
import type { Contents } from "./goal.ts";
import { isStop, orderOf, type Row } from "./rows.ts";
import type { Placement } from "./use-placement.ts";

interface ViewReportOptions extends Contents {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLDivElement | null>;
  placement: Placement;
  unread: number;
  onView: (view: View) => void;
  onSee: (view: InView) => void;
}

/** Pixels from the end that still count as the end. */
const NEAR_END = 120;
/** Pixels from the first or last held row from which more is fetched. */
const NEAR_EDGE = 800;
/**
 * What is in view counts as seen once the list is still for this long: until it has found its
 * place, other rows pass by.
 */
const STILL_MS = 150;

/** Reports what is in view after each scroll, each change of the rows and each change of size. */
export function useViewReport({
  list,
  scroller,
  placement: { isAtEnd, setAtEnd, isPlaced },
  rows,
  hasOlder,
  hasNewer,
  unread,
  onView,
  onSee,
}: ViewReportOptions): { isAway: boolean; report: () => void } {
  const [isAway, setAway] = useState(false);
  const still = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(still.current), []);

  function look(rows: readonly Row[], unread: number): void {
    const element = scroller.current;
    if (element === null || !isPlaced() || element.clientHeight === 0) return;
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    setAtEnd(left < NEAR_END && !hasNewer);
    setAway(hasNewer || left > element.clientHeight || (left >= NEAR_END && unread > 0));
    const middle = list.current?.findItemIndex(element.scrollTop + element.clientHeight / 2) ?? 0;
    onView({
      middle: orderNear(rows, middle),
      isAtEnd: isAtEnd(),
      isNearEdge: (hasOlder && element.scrollTop < NEAR_EDGE) || (hasNewer && left < NEAR_EDGE),
    });
    clearTimeout(still.current);
    still.current = setTimeout(() => {
      const inView = inViewOf(element, rows);
      if (inView !== undefined) onSee(inView);
    }, STILL_MS);
  }
  const report = () => look(rows, unread);
  const lookAt = useEffectEvent(look);
  const reportNow = useEffectEvent(report);

  // Rows are measured, and the list scrolled to its place, within two frames.
  useEffect(() => afterTwoFrames(() => lookAt(rows, unread)), [rows, unread]);

  // The composer growing or the keyboard opening must not hide the last words.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (isAtEnd()) element.scrollTop = element.scrollHeight;
      reportNow();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, isAtEnd]);

  return { isAway, report };
}

function afterTwoFrames(act: () => void): () => void {
  let frame = requestAnimationFrame(() => (frame = requestAnimationFrame(act)));
  return () => cancelAnimationFrame(frame);
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
