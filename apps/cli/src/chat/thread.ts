import type { PliApi, Queries } from "@pli/engine/api";
import type { Context } from "../context.ts";
import { chosenOf, conversationRows, pageRows, type ThreadRow } from "./draw.ts";
import type { ChatState } from "./state.ts";

/** How many messages of a conversation are held at once, around those in sight. */
const PAGE = 200;

/**
 * The open conversation: which part of it is held, which lines are in sight, and what has been seen
 * of it.
 */
export interface Thread {
  /** Opens the chosen conversation at its first unread message. */
  open(): void;
  /** Scrolls up by this number of lines, or down where it is negative. */
  scroll(by: number): void;
  toNewest(): void;
  toOldest(): void;
  /** Brings the message of this order to the middle. */
  show(order: number): void;
  /** Marks what is in sight as read. */
  seen(): void;
  close(): void;
}

export function createThread(p: {
  context: Context;
  api: PliApi;
  state: ChatState;
  update(change: Partial<ChatState>): void;
  attempt(work: () => Promise<unknown>): void;
}): Thread {
  const { context, api, state, update } = p;
  /** Undefined: the newest, and what comes after them. */
  let around: number | undefined;
  /** What the next page brings into sight. */
  let wanted: { order: number; at: "top" | "middle" } | undefined;
  let marked = 0;
  /**
   * A search led past unread messages. None is marked as read until the window is back at the read
   * mark, or at the newest.
   */
  let isPast = false;
  let stopPage = (): void => {};
  let stopGroup = (): void => {};

  function open(): void {
    close();
    const { unread = 0, readUpTo = 0 } = chosenOf(state) ?? {};
    marked = readUpTo;
    isPast = false;
    around = unread > 0 ? readUpTo + 1 : undefined;
    wanted = around === undefined ? undefined : { order: around, at: "top" };
    if (state.chosen !== undefined) stopGroup = api.watch("group", { id: state.chosen }, (group) => update({ group }));
    watchPage();
  }

  function close(): void {
    stopPage();
    stopGroup();
    [stopPage, stopGroup] = [() => {}, () => {}];
  }

  function watchPage(): void {
    stopPage();
    if (state.chosen === undefined) return;
    const position = around === undefined ? {} : { around };
    stopPage = api.watch("messages", { conversation: state.chosen, limit: PAGE, ...position }, showPage);
  }

  function showPage(page: Queries["messages"]["result"]): void {
    const before = rowsOf(state);
    const scrolled = scrolledOn(rowsOf({ ...state, ...page }), before);
    update({ ...page, scrolled });
    if (scrolled === 0 && !page.hasNewer) follow();
    seen();
  }

  const rowsOf = (shown: ChatState): readonly ThreadRow[] =>
    conversationRows(context, shown, context.world.stdout.columns());

  /**
   * How far up the window stands on these rows: at what is wanted, at the end it follows, or where
   * it stood.
   */
  function scrolledOn(rows: readonly ThreadRow[], before: readonly ThreadRow[]): number {
    const end = rows.length - 1;
    if (wanted !== undefined) {
      const { order, at } = wanted;
      wanted = undefined;
      const first = rows.findIndex((row) => row.order >= order);
      const below = at === "top" ? pageRows(context) - 1 : Math.floor(pageRows(context) / 2);
      return first < 0 ? 0 : Math.max(0, end - first - below);
    }
    if (state.scrolled === 0 && around === undefined) return 0;
    const bottom = before.length - 1 - state.scrolled;
    const { order } = before[bottom] ?? { order: 0 };
    const fromItsEnd = before.findLastIndex((row) => row.order === order) - bottom;
    const now = rows.findLastIndex((row) => row.order <= order);
    return now < 0 ? 0 : Math.max(0, Math.min(end, end - (now - fromItsEnd)));
  }

  function scroll(by: number): void {
    const rows = rowsOf(state);
    const page = pageRows(context);
    const scrolled = Math.max(0, Math.min(rows.length - page, state.scrolled + by));
    update({ scrolled });
    const isNearStart = scrolled + 2 * page >= rows.length && state.hasOlder;
    const isNearEnd = scrolled < page && state.hasNewer;
    if (scrolled === 0 && !state.hasNewer) follow();
    else if (isNearStart || isNearEnd || around === undefined)
      hold(rows[Math.max(0, rows.length - 1 - scrolled - Math.floor(page / 2))]?.order);
    seen();
  }

  /** Shows new messages as they come. */
  function follow(): void {
    if (around === undefined) return;
    around = undefined;
    watchPage();
  }

  /** Holds the messages around this one. New messages stay below, out of sight. */
  function hold(order: number | undefined): void {
    if (order === undefined || order === around) return;
    around = order;
    watchPage();
  }

  function toNewest(): void {
    wanted = undefined;
    isPast = false;
    update({ scrolled: 0 });
    follow();
    seen();
  }

  function bring(order: number, at: "top" | "middle"): void {
    wanted = { order, at };
    around = order;
    watchPage();
  }

  function seen(): void {
    const conversation = state.chosen;
    if (state.screen !== "thread" || conversation === undefined || state.messages.length === 0) return;
    isPast &&= firstInSight() > marked;
    if (isPast) return;
    const upTo = lastSeen();
    if (upTo <= marked) return;
    marked = upTo;
    p.attempt(() => api.markRead({ conversation, upTo }));
  }

  function firstInSight(): number {
    const rows = rowsOf(state);
    return rows[Math.max(0, rows.length - state.scrolled - pageRows(context))]?.order ?? 0;
  }

  /**
   * The last message of others whose last line is in sight; the lowest line may say that there is
   * more below.
   */
  function lastSeen(): number {
    const rows = rowsOf(state);
    const isCovered = state.scrolled > 0 || state.hasNewer;
    const bottom = rows.length - 1 - state.scrolled - (isCovered ? 1 : 0);
    const { order } = rows[bottom] ?? { order: 0 };
    const isWhole = rows[bottom + 1]?.order !== order;
    return (
      state.messages.findLast((one) => !one.mine && (isWhole ? one.order <= order : one.order < order))?.order ?? 0
    );
  }

  return {
    open,
    scroll,
    toNewest,
    toOldest: () => bring(0, "top"),
    show: (order) => {
      isPast = order > marked && (chosenOf(state)?.unread ?? 0) > 0;
      bring(order, "middle");
    },
    seen,
    close,
  };
}
