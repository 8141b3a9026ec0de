import type { MessageView, Named } from "@pli/engine/api";
import { dayOf } from "../../format.ts";

/** What the thread shows from top to bottom. */
export type Row =
  | { kind: "day"; key: string; at: number }
  | { kind: "unread"; key: string }
  /** What follows did not come from its authors: `teller` passes it on. */
  | { kind: "told"; key: string; teller: Named }
  | { kind: "note"; key: string; message: MessageView }
  /** `first`, `last`: of a group of messages by one person within a few minutes. */
  | { kind: "message"; key: string; message: MessageView; first: boolean; last: boolean };

const GROUP_MS = 5 * 60_000;

export function isBubble(message: MessageView): boolean {
  return message.body.kind === "text" || message.body.kind === "unknown";
}

function together(a: MessageView | undefined, b: MessageView | undefined): boolean {
  if (a === undefined || b === undefined || !isBubble(a) || !isBubble(b)) return false;
  if (a.toldBy?.id !== b.toldBy?.id) return false;
  return a.from === b.from && Math.abs(b.sentAt - a.sentAt) < GROUP_MS && dayOf(a.sentAt) === dayOf(b.sentAt);
}

/**
 * The rows of a thread. `unreadFrom`: the id of the message above which stands that what follows is
 * new.
 */
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
    const { toldBy } = message;
    if (toldBy !== undefined && before?.toldBy?.id !== toldBy.id)
      rows.push({ kind: "told", key: `told ${message.id}`, teller: toldBy });
    if (isBubble(message)) {
      const first = opensUnread || !together(before, message);
      const last = after?.id === unreadFrom || !together(message, after);
      rows.push({ kind: "message", key: message.id, message, first, last });
    } else rows.push({ kind: "note", key: message.id, message });
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
