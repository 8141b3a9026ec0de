/** The open conversation: which messages are held, which are in sight, which were seen. */
import type { PliApi, Queries } from "@pli/engine/api";
import type { Context } from "../../context.ts";
import { conversationRows, type ThreadRow } from "../draw/rows.ts";
import { pageRows } from "../draw/size.ts";
import { chosenOf, type ChatState } from "../state.ts";
import type { Ui } from "../ui.ts";
import { firstInSight, lastSeen, middleOrder, scrolledAlike, scrolledTo, type Sight, type Target } from "./sight.ts";

/** How many messages of a conversation are held at once, around those in sight. */
const HELD = 200;

export interface Thread {
  /** Opens the chosen conversation at its first unread message. */
  open(): void;
  /** Scrolls up by this number of lines, or down where it is negative. */
  scrollUp(lines: number): void;
  toNewest(): void;
  toOldest(): void;
  /** Brings the message of this order to the middle. */
  show(order: number): void;
  close(): void;
}

export function createThread(deps: { context: Context; api: PliApi; ui: Ui }): Thread {
  const { context, api } = deps;
  const { state, update, attempt, onScreen } = deps.ui;
  /** The order around which messages are held. Undefined: the newest, and new ones as they come. */
  let around: number | undefined;
  /** What the next page brings into sight. */
  let target: Target | undefined;
  /** The order up to which this conversation is marked as read. */
  let marked = 0;
  /**
   * A search led past unread messages. None is marked as read until the window is back at the read
   * mark, or at the newest message.
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
    target = around === undefined ? undefined : { order: around, at: "top" };
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
    stopPage = api.watch("messages", { conversation: state.chosen, limit: HELD, ...position }, showPage);
  }

  function showPage(page: Queries["messages"]["result"]): void {
    const scrolled = scrolledOn(rowsOf({ ...state, ...page }));
    update({ ...page, scrolled });
    if (scrolled === 0 && !page.hasNewer) follow();
    markSeen();
  }

  const rowsOf = (shown: ChatState): readonly ThreadRow[] =>
    conversationRows(context, shown, context.world.stdout.columns());

  const sight = (): Sight => ({ rows: rowsOf(state), scrolled: state.scrolled, page: pageRows(context) });

  /** How far to scroll in new rows: to the target, to the end that is followed, or not at all. */
  function scrolledOn(rows: readonly ThreadRow[]): number {
    const before = sight();
    if (target !== undefined) {
      const reached = target;
      target = undefined;
      return scrolledTo(reached, { rows, page: before.page });
    }
    return state.scrolled === 0 && around === undefined ? 0 : scrolledAlike(before, rows);
  }

  function scrollUp(lines: number): void {
    const { rows, page } = sight();
    const scrolled = Math.max(0, Math.min(rows.length - page, state.scrolled + lines));
    update({ scrolled });
    const isNearStart = scrolled + 2 * page >= rows.length && state.hasOlder;
    const isNearEnd = scrolled < page && state.hasNewer;
    if (scrolled === 0 && !state.hasNewer) follow();
    else if (isNearStart || isNearEnd || around === undefined) hold(middleOrder({ rows, scrolled, page }));
    markSeen();
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
    target = undefined;
    isPast = false;
    update({ scrolled: 0 });
    follow();
    markSeen();
  }

  function bring(next: Target): void {
    target = next;
    around = next.order;
    watchPage();
  }

  function show(order: number): void {
    isPast = order > marked && (chosenOf(state)?.unread ?? 0) > 0;
    bring({ order, at: "middle" });
  }

  function markSeen(): void {
    const conversation = state.chosen;
    if (state.screen !== "thread" || conversation === undefined || state.messages.length === 0) return;
    const seen = sight();
    isPast &&= firstInSight(seen) > marked;
    if (isPast) return;
    const upTo = lastSeen(seen, state.messages, state.hasNewer);
    if (upTo <= marked) return;
    marked = upTo;
    attempt(() => api.markRead({ conversation, upTo }));
  }

  onScreen(markSeen);
  return { open, scrollUp, toNewest, toOldest: () => bring({ order: 0, at: "top" }), show, close };
}
