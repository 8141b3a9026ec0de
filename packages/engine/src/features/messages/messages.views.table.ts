/**
 * Messages as people see them: rows of `messages`, with names and marks that other tables hold. In
 * all of them `ownName` is the name of this person.
 */
import type { MessageState, MessageView, Named } from "../../api/views.ts";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow, SqlValue } from "../../runtime/ports.ts";
import { numberIn, textIn } from "../../runtime/storage/row.ts";
import { withActions } from "../actions/actions.views.table.ts";
import { bodyFrom } from "./lines.ts";
import { NEWS } from "./messages.table.ts";

/** How much of a profile id is shown when no name is known for it. */
const SHORT_ID = 8;

/** Messages with what a view of them needs; what is wanted of them follows. */
const MESSAGES = `
  SELECT m.*, c.kind AS conversation_kind, k.own_name, k.given_name, k.blocked, p.name AS told,
    (SELECT count(*) FROM marks r WHERE r.message = m.id) AS delivered,
    (SELECT count(*) FROM marks r WHERE r.message = m.id AND r.state = 'read') AS read,
    t.own_name AS teller_own, t.given_name AS teller_given, a.name AS archived
  FROM messages m JOIN conversations c ON c.id = m.conversation
    LEFT JOIN contacts k ON k.id = m.sender LEFT JOIN people p ON p.profile = m.sender
    LEFT JOIN contacts t ON t.id = m.from_roster_of
    LEFT JOIN archived_people a ON a.conversation = m.conversation AND a.profile = m.sender`;

export const findMessage = (tx: Tx, id: string, ownName: string): Promise<MessageView | undefined> =>
  findOne(tx, ownName, "m.id = ?", [id]);

export const findMessageAt = (tx: Tx, order: number, ownName: string): Promise<MessageView | undefined> =>
  findOne(tx, ownName, "m.ord = ?", [order]);

/** What an earlier call of this name has written. */
export const findMessageOfRequest = (
  tx: Tx,
  conversation: string,
  request: string,
  ownName: string,
): Promise<MessageView | undefined> =>
  findOne(tx, ownName, "m.conversation = ? AND m.request = ?", [conversation, request]);

/** The newest of which the list of conversations tells, without what was done with it. */
export async function findNewestNews(tx: Tx, conversation: string, ownName: string): Promise<MessageView | undefined> {
  const where = `m.conversation = ? AND ${NEWS} ORDER BY m.ord DESC LIMIT 1`;
  const [row] = await tx.sql.all(`${MESSAGES} WHERE ${where}`, [conversation]);
  return row && messageFromRow(row, ownName);
}

async function findOne(tx: Tx, ownName: string, where: string, values: SqlValue[]): Promise<MessageView | undefined> {
  const [first] = await findAll(tx, ownName, where, values);
  return first;
}

async function findAll(tx: Tx, ownName: string, where: string, values: SqlValue[]): Promise<MessageView[]> {
  const rows = await tx.sql.all(`${MESSAGES} WHERE ${where}`, values);
  return withActions(
    tx,
    rows.map((row) => messageFromRow(row, ownName)),
    ownName,
  );
}

/** The last `limit` before one, the oldest first. It reads along an index, and no more rows. */
export async function listMessagesBefore(
  tx: Tx,
  conversation: string,
  order: number,
  limit: number,
  ownName: string,
): Promise<MessageView[]> {
  const where = "m.conversation = ? AND m.ord < ? ORDER BY m.ord DESC LIMIT ?";
  return (await findAll(tx, ownName, where, [conversation, order, limit])).toReversed();
}

/** The first `limit` from one on, the oldest first. It reads along an index, and no more rows. */
export function listMessagesFrom(
  tx: Tx,
  conversation: string,
  order: number,
  limit: number,
  ownName: string,
): Promise<MessageView[]> {
  const where = "m.conversation = ? AND m.ord >= ? ORDER BY m.ord LIMIT ?";
  return findAll(tx, ownName, where, [conversation, order, limit]);
}

/** Those that stand at these places, the newest first. */
export function listMessagesAt(tx: Tx, orders: readonly number[], ownName: string): Promise<MessageView[]> {
  const where = "m.ord IN (SELECT value FROM json_each(?)) ORDER BY m.ord DESC";
  return findAll(tx, ownName, where, [JSON.stringify(orders)]);
}

function messageFromRow(row: SqlRow, ownName: string): MessageView {
  const mine = numberIn(row, "mine") !== 0;
  const isCounted = mine && row["conversation_kind"] === "group" && row["kind"] === "text" && row["archived"] === null;
  return {
    id: textIn(row, "id"),
    conversation: textIn(row, "conversation"),
    from: textIn(row, "sender"),
    fromName: mine
      ? ownName
      : firstName([row["given_name"], row["own_name"], row["told"], row["archived"]], textIn(row, "sender")),
    mine,
    body: bodyFrom(textIn(row, "kind"), textIn(row, "text"), row["own_name"] !== null && row["blocked"] === 0),
    sentAt: numberIn(row, "sent_at"),
    state: textIn(row, "state") as MessageState,
    ...(isCounted && { delivered: numberIn(row, "delivered"), read: numberIn(row, "read") }),
    ...(row["from_roster_of"] !== null && { fromRosterOf: tellerOf(row) }),
    ...(row["expires_at"] !== null && { expiresAt: numberIn(row, "expires_at") }),
    ...(row["error"] !== null && { error: textIn(row, "error") }),
    order: numberIn(row, "ord"),
  };
}

function tellerOf(row: SqlRow): Named {
  const id = textIn(row, "from_roster_of");
  return { id, name: firstName([row["teller_given"], row["teller_own"]], id) };
}

/**
 * The name given here, their own, the one known from a group, the one in an archive: the first
 * there is; else a piece of their id.
 */
function firstName(names: readonly unknown[], id: string): string {
  const name = names.find((candidate) => typeof candidate === "string" && candidate !== "");
  return typeof name === "string" ? name : id.slice(0, SHORT_ID);
}
