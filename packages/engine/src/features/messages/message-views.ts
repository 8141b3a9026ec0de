import type { GroupChange, MessageBody, MessageState, MessageView, Named } from "../../api/api.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { damaged, numberIn, textIn } from "../../runtime/storage/row.ts";

/** How much of a profile id is shown when nobody has told a name for it. */
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

/**
 * What Pli tells of its own work, or of a name: it is in the thread, and neither leads the list of
 * conversations nor stands in it.
 */
const QUIET = ["rejoined", "renamed"];
const QUIET_CHANGES = ["forkRepaired", "ignored", "unopened", "notRemoved", "dropped"];
const inSql = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");

/** The messages of which the list of conversations tells. */
export const NEWS = `m.kind NOT IN (${inSql(QUIET)})
  AND NOT (m.kind = 'change' AND json_extract(m.text, '$.what') IN (${inSql(QUIET_CHANGES)}))`;

/**
 * What was written in the conversation with a contact, and what this contact wrote elsewhere: twice
 * their id.
 */
export const WITH_CONTACT = `m.kind IN ('text', 'unknown', 'held')
  AND (m.conversation = (SELECT conversation FROM contacts WHERE id = ?) OR (m.sender = ? AND NOT m.mine))`;

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
 * The name given here, their own, the one a group told: the first there is; else a piece of their
 * id.
 */
function firstName(names: readonly unknown[], id: string): string {
  const name = names.find((candidate) => typeof candidate === "string" && candidate !== "");
  return typeof name === "string" ? name : id.slice(0, SHORT_ID);
}

/** `mayAsk`: its author is a contact, and can be asked. */
function bodyFrom(kind: string, text: string, mayAsk: boolean): MessageBody {
  switch (kind) {
    case "text":
      return { kind, text };
    case "gap":
    case "blocked":
      return { kind, count: Number(text) };
    case "away":
      return { kind, days: Number(text) };
    case "held":
      return { kind, ...(jsonFrom(text) as { count: number; bytes: number }), mayAsk };
    case "renamed": {
      const [from = "", to = ""] = text.split("\n");
      return { kind, from, to };
    }
    case "change":
      return { kind, change: jsonFrom(text) as GroupChange };
    case "unknown":
    case "rejoined":
    case "paired":
      return { kind };
    default:
      return damaged("message kind");
  }
}

function jsonFrom(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return damaged("message text");
  }
}
