import { useState, type KeyboardEvent, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import type { Contents, Goal } from "./goal.ts";
import { isStop } from "./rows.ts";

interface ActiveRowOptions extends Contents {
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLDivElement | null>;
  onGoal: (goal: Goal) => void;
}

export interface ActiveRow {
  /** The key of the one row that the tab key reaches. */
  active: string | undefined;
  choose(key: string): void;
  /** Brings a row into view and gives it the focus. */
  focusRow(key: string): void;
  onKeyDown(event: KeyboardEvent): void;
}

/** The keyboard in a list: one stop of the tab key, moved with the arrows, Home and End. */
export function useActiveRow({ rows, hasOlder, hasNewer, list, scroller, onGoal }: ActiveRowOptions): ActiveRow {
  const [chosen, setChosen] = useState<string>();
  const stops = rows.filter(isStop);
  const active = stops.some((row) => row.key === chosen) ? chosen : stops.at(-1)?.key;

  function focusRow(key: string): void {
    setChosen(key);
    list.current?.scrollToIndex(
      rows.findIndex((row) => row.key === key),
      { align: "nearest" },
    );
    focusSoon(() => scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(key)}"]`) ?? undefined);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Home" && hasOlder) return onGoal({ at: 0, focused: true });
    if (event.key === "End" && hasNewer) return onGoal({ at: "end", focused: true });
    const at = stops.findIndex((row) => row.key === active);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: stops.length - 1 }[event.key];
    const row = to === undefined ? undefined : stops[Math.max(0, to)];
    if (row === undefined || (event.target as HTMLElement).closest("[role=menu]") !== null) return;
    event.preventDefault();
    focusRow(row.key);
  }

  return { active, choose: setChosen, focusRow, onKeyDown };
}

/** A row exists, and can take the focus, some frames after the list was scrolled to it. */
function focusSoon(find: () => HTMLElement | undefined, frames = 30): void {
  requestAnimationFrame(() => {
    const element = find();
    element?.focus({ preventScroll: true });
    if ((element === undefined || document.activeElement !== element) && frames > 0) focusSoon(find, frames - 1);
  });
}
