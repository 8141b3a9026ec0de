import type { GroupChange, MessageBody, MessageState, MessageView } from "../api.ts";
import type { SqlRow } from "../ports.ts";
import { damaged, numberIn, textIn } from "../storage/row.ts";

/** How much of a profile id is shown when nobody has told a name for it. */
const SHORT_ID = 8;

/** Messages with what a view of them needs; what is wanted of them follows. */
export const MESSAGES = `
  SELECT m.*, c.kind AS conversation_kind, k.own_name, k.given_name, p.name AS told,
    (SELECT count(*) FROM marks r WHERE r.message = m.id) AS delivered,
    (SELECT count(*) FROM marks r WHERE r.message = m.id AND r.state = 'read') AS read
  FROM messages m JOIN conversations c ON c.id = m.conversation
    LEFT JOIN contacts k ON k.id = m.sender LEFT JOIN people p ON p.profile = m.sender`;

/** A row of `MESSAGES` as people see it. */
export function messageFromRow(row: SqlRow, ownName: string): MessageView {
  const mine = numberIn(row, "mine") !== 0;
  const isCounted = mine && row["conversation_kind"] === "group" && row["kind"] === "text";
  return {
    id: textIn(row, "id"),
    conversation: textIn(row, "conversation"),
    from: textIn(row, "sender"),
    fromName: mine ? ownName : nameOfSender(row),
    mine,
    body: bodyFrom(textIn(row, "kind"), textIn(row, "text")),
    sentAt: numberIn(row, "sent_at"),
    state: textIn(row, "state") as MessageState,
    ...(isCounted && { delivered: numberIn(row, "delivered"), read: numberIn(row, "read") }),
    ...(row["expires_at"] !== null && { expiresAt: numberIn(row, "expires_at") }),
    ...(row["error"] !== null && { error: textIn(row, "error") }),
    order: numberIn(row, "ord"),
  };
}

/** The name given here, their own, the one a group told; else a piece of their id. */
function nameOfSender(row: SqlRow): string {
  const names = [row["given_name"], row["own_name"], row["told"]];
  const name = names.find((candidate) => typeof candidate === "string" && candidate !== "");
  return typeof name === "string" ? name : textIn(row, "sender").slice(0, SHORT_ID);
}

function bodyFrom(kind: string, text: string): MessageBody {
  switch (kind) {
    case "text":
      return { kind, text };
    case "gap":
      return { kind, count: Number(text) };
    case "renamed": {
      const [from = "", to = ""] = text.split("\n");
      return { kind, from, to };
    }
    case "change":
      return { kind, change: changeFrom(text) };
    case "unknown":
    case "rejoined":
    case "paired":
      return { kind };
    default:
      return damaged("message kind");
  }
}

function changeFrom(json: string): GroupChange {
  try {
    return JSON.parse(json) as GroupChange;
  } catch {
    return damaged("change");
  }
}
