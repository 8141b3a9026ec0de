/** The rows of a thread, made of its messages. */
import type { MessageView, Named } from "@pli/engine/api";
import { dayOf } from "../../format.ts";
import { isBubble, kindOf } from "../../message/kinds/index.ts";
import type { BubbleKind, Kind, NoteKind } from "../../message/kinds/kind.ts";

/** What the thread shows from top to bottom. */
export type Row =
  | { kind: "day"; key: string; at: number }
  | { kind: "unread"; key: string }
  /** What follows did not come from its authors: `by` passed it on. */
  | { kind: "relayed"; key: string; by: Named }
  | { kind: "note"; key: string; message: MessageView; note: NoteKind<Kind> }
  /** `first`, `last`: of a group of messages by one person within a few minutes. */
  | { kind: "bubble"; key: string; message: MessageView; bubble: BubbleKind<Kind>; first: boolean; last: boolean };

/** The order of a row's message; undefined for what stands between messages. */
export const orderOf = (row: Row | undefined): number | undefined =>
  row?.kind === "bubble" || row?.kind === "note" ? row.message.order : undefined;

/** Whether the arrow keys stop at this row. */
export const isStop = (row: Row): boolean => orderOf(row) !== undefined;

const GROUP_MS = 5 * 60_000;

function together(a: MessageView | undefined, b: MessageView | undefined): boolean {
  if (a === undefined || b === undefined || !isBubble(a) || !isBubble(b)) return false;
  if (a.fromRosterOf?.id !== b.fromRosterOf?.id) return false;
  return a.from === b.from && Math.abs(b.sentAt - a.sentAt) < GROUP_MS && dayOf(a.sentAt) === dayOf(b.sentAt);
}

/** `unreadFrom`: the id of the message above which a line says that what follows is new. */
export function rowsFrom(messages: readonly MessageView[], unreadFrom: string | undefined): Row[] {
  const rows: Row[] = [];
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1];
    const after = messages[index + 1];
    if (before === undefined || dayOf(before.sentAt) !== dayOf(message.sentAt)) {
      rows.push({ kind: "day", key: `day ${message.id}`, at: message.sentAt });
    }
    const opensUnread = message.id === unreadFrom;
    if (opensUnread) rows.push({ kind: "unread", key: "unread" });
    const { fromRosterOf: by } = message;
    if (by !== undefined && before?.fromRosterOf?.id !== by.id)
      rows.push({ kind: "relayed", key: `relayed ${message.id}`, by });
    const kind = kindOf(message);
    if (kind.shape === "bubble") {
      const first = opensUnread || !together(before, message);
      const last = after?.id === unreadFrom || !together(message, after);
      rows.push({ kind: "bubble", key: message.id, message, bubble: kind, first, last });
    } else rows.push({ kind: "note", key: message.id, message, note: kind });
  }
  return rows;
}

/**
 * The first message of others after an order; undefined when it stands before those that are held.
 */
export function firstAfter(
  messages: readonly MessageView[],
  { order, hasOlder }: { order: number | undefined; hasOlder: boolean },
): MessageView | undefined {
  if (order === undefined || (hasOlder && (messages[0]?.order ?? 0) > order)) return undefined;
  return messages.find((message) => message.order > order && !message.mine && isBubble(message));
}
