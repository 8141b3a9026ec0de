import type { MessageState, MessageView, Named } from "../../api/api.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";
import { bodyFrom } from "./lines.ts";

/** How much of a profile id is shown when no name is known for it. */
const SHORT_ID = 8;

/** Messages with what a view of them needs; what is wanted of them follows. */
export const MESSAGES = `
  SELECT m.*, c.kind AS conversation_kind, k.own_name, k.given_name, k.blocked, p.name AS told,
    (SELECT count(*) FROM marks r WHERE r.message = m.id) AS delivered,
    (SELECT count(*) FROM marks r WHERE r.message = m.id AND r.state = 'read') AS read,
    t.own_name AS teller_own, t.given_name AS teller_given
  FROM messages m JOIN conversations c ON c.id = m.conversation
    LEFT JOIN contacts k ON k.id = m.sender LEFT JOIN people p ON p.profile = m.sender
    LEFT JOIN contacts t ON t.id = m.told_by`;

/** A row of `MESSAGES` as people see it. */
export function messageFromRow(row: SqlRow, ownName: string): MessageView {
  const mine = numberIn(row, "mine") !== 0;
  const isCounted = mine && row["conversation_kind"] === "group" && row["kind"] === "text";
  return {
    id: textIn(row, "id"),
    conversation: textIn(row, "conversation"),
    from: textIn(row, "sender"),
    fromName: mine ? ownName : firstName([row["given_name"], row["own_name"], row["told"]], textIn(row, "sender")),
    mine,
    body: bodyFrom(textIn(row, "kind"), textIn(row, "text"), row["own_name"] !== null && row["blocked"] === 0),
    sentAt: numberIn(row, "sent_at"),
    state: textIn(row, "state") as MessageState,
    ...(isCounted && { delivered: numberIn(row, "delivered"), read: numberIn(row, "read") }),
    ...(row["told_by"] !== null && { toldBy: tellerOf(row) }),
    ...(row["expires_at"] !== null && { expiresAt: numberIn(row, "expires_at") }),
    ...(row["error"] !== null && { error: textIn(row, "error") }),
    order: numberIn(row, "ord"),
  };
}

function tellerOf(row: SqlRow): Named {
  const id = textIn(row, "told_by");
  return { id, name: firstName([row["teller_given"], row["teller_own"]], id) };
}

/**
 * The name given here, their own, the one known from a group: the first there is; else a piece of
 * their id.
 */
function firstName(names: readonly unknown[], id: string): string {
  const name = names.find((candidate) => typeof candidate === "string" && candidate !== "");
  return typeof name === "string" ? name : id.slice(0, SHORT_ID);
}
