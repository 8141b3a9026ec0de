/**
 * The tables `messages` and `messages_text`: the lines of all conversations, in the order they came
 * to this device, and the index of what they say.
 */
import type { MessageBody, MessageState } from "../../api/views.ts";
import type { ForAll, Missed } from "@pli/protocol/group";
import { conversationState, type Conversation } from "../../epochs/conversations.table.ts";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, maybeNumberIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import { indexMessage } from "../../runtime/storage/search-index.ts";
import { bodyFrom, QUIET_CHANGES, QUIET_KINDS, WRITTEN_KINDS, type NewMessage } from "./lines.ts";

/** Which message, and where it stands. */
export interface MessagePlace {
  readonly id: string;
  readonly order: number;
  readonly conversation: string;
}

const placeFromRow = (row: SqlRow): MessagePlace => ({
  id: textIn(row, "id"),
  order: numberIn(row, "ord"),
  conversation: textIn(row, "conversation"),
});

/** Of rows `m`: the messages of which the list of conversations tells. */
export const NEWS = `m.kind NOT IN (${inSql(QUIET_KINDS)})
  AND NOT (m.kind = 'change' AND json_extract(m.text, '$.what') IN (${inSql(QUIET_CHANGES)}))`;

/**
 * Of rows `m`: what was written in the conversation with a contact, and what this contact, `?1`,
 * wrote elsewhere.
 */
const WITH_CONTACT = `m.kind IN (${inSql(WRITTEN_KINDS)})
  AND (m.conversation = (SELECT conversation FROM contacts WHERE id = ?1) OR (m.sender = ?1 AND NOT m.mine))`;

function inSql(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}

/**
 * Gives its order; undefined when a message of this id is in the conversation already. A text can
 * be found from now on.
 */
export async function insertMessage(
  tx: Tx,
  message: NewMessage,
  expiresAt: number | undefined,
): Promise<number | undefined> {
  const { id, conversation, sender, mine, kind, text, content, sentAt, state, epoch, request, fromRosterOf, lifetime } =
    message;
  const [row] = await tx.sql.all(
    `INSERT OR IGNORE INTO messages
       (ord, id, conversation, sender, mine, kind, text, content, sent_at, state, epoch, request, from_roster_of, lifetime, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING ord`,
    [
      message.order ?? null,
      id,
      conversation,
      sender,
      mine ? 1 : 0,
      kind,
      text,
      content ?? null,
      sentAt,
      state,
      epoch ?? null,
      request ?? null,
      fromRosterOf ?? null,
      lifetime ?? null,
      expiresAt ?? null,
    ],
  );
  if (row === undefined) return undefined;
  const order = numberIn(row, "ord");
  if (kind === "text") await indexMessage(tx.sql, order, text);
  return order;
}

/**
 * Messages that come from now on stand at `from` and later. False: there are some already, and
 * nothing is reserved.
 */
export async function reserveOrders(tx: Tx, from: number): Promise<boolean> {
  if ((await countMessages(tx)) > 0) return false;
  await tx.sql.run("DELETE FROM sqlite_sequence WHERE name = 'messages'");
  await tx.sql.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('messages', ?)", [from]);
  return true;
}

/**
 * Of the lines from one place up to another, when the first was written; undefined: there is none.
 */
export async function findOldestSent(
  tx: Tx,
  conversation: string,
  behind: number,
  before: number,
): Promise<number | undefined> {
  const [row] = await tx.sql.all(
    "SELECT min(sent_at) AS at FROM messages WHERE conversation = ? AND ord BETWEEN ? AND ?",
    [conversation, behind, before - 1],
  );
  return typeof row?.["at"] === "number" ? row["at"] : undefined;
}

/** Nothing of it stays in these tables. */
export async function deleteMessage(tx: Tx, order: number): Promise<void> {
  await tx.sql.run("DELETE FROM messages_text WHERE rowid = ?", [order]);
  await tx.sql.run("DELETE FROM messages WHERE ord = ?", [order]);
}

export async function deleteMessagesOf(tx: Tx, conversation: string): Promise<void> {
  const orders = "SELECT ord FROM messages WHERE conversation = ?";
  await tx.sql.run(`DELETE FROM messages_text WHERE rowid IN (${orders})`, [conversation]);
  await tx.sql.run("DELETE FROM messages WHERE conversation = ?", [conversation]);
}

export async function hasMessage(tx: Tx, conversation: string, id: string): Promise<boolean> {
  const sql = "SELECT 1 FROM messages WHERE id = ? AND conversation = ?";
  return (await tx.sql.all(sql, [id, conversation])).length > 0;
}

/** Whether the list of conversations tells of it. */
export async function isNews(tx: Tx, order: number): Promise<boolean> {
  return (await tx.sql.all(`SELECT 1 FROM messages m WHERE m.ord = ? AND ${NEWS}`, [order])).length > 0;
}

/** The conversations where there is a message of this id. */
export async function listConversationsWith(tx: Tx, id: string): Promise<string[]> {
  const rows = await tx.sql.all("SELECT conversation FROM messages WHERE id = ?", [id]);
  return rows.map((row) => textIn(row, "conversation"));
}

/** Whose line it is, and of which kind. */
export interface KeptLine {
  readonly id: string;
  readonly order: number;
  readonly sender: string;
  readonly mine: boolean;
  readonly kind: string;
}

/** Lines behind one and up to another, the oldest first, at most `limit`. */
export async function listLines(
  tx: Tx,
  conversation: string,
  { behind, upTo, limit }: { behind: number; upTo: number; limit: number },
): Promise<KeptLine[]> {
  const rows = await tx.sql.all(
    `SELECT id, ord, sender, mine, kind FROM messages WHERE conversation = ? AND ord > ? AND ord <= ?
     ORDER BY ord LIMIT ?`,
    [conversation, behind, upTo, limit],
  );
  return rows.map((row) => ({
    id: textIn(row, "id"),
    order: numberIn(row, "ord"),
    sender: textIn(row, "sender"),
    mine: numberIn(row, "mine") !== 0,
    kind: textIn(row, "kind"),
  }));
}

/** Where a message stands. */
export async function findOrderOf(tx: Tx, conversation: string, id: string): Promise<number | undefined> {
  const [row] = await tx.sql.all("SELECT ord FROM messages WHERE id = ? AND conversation = ?", [id, conversation]);
  return row && numberIn(row, "ord");
}

export async function hasMessageBefore(tx: Tx, conversation: string, order: number): Promise<boolean> {
  const sql = "SELECT 1 FROM messages WHERE conversation = ? AND ord < ? LIMIT 1";
  return (await tx.sql.all(sql, [conversation, order])).length > 0;
}

export async function hasMessageBehind(tx: Tx, conversation: string, order: number): Promise<boolean> {
  const sql = "SELECT 1 FROM messages WHERE conversation = ? AND ord > ? LIMIT 1";
  return (await tx.sql.all(sql, [conversation, order])).length > 0;
}

/**
 * Where the index finds `expression`, the newest first. It is read from its end, and no further
 * than asked: it holds its rows in the order of messages.
 */
export async function findOrders(
  tx: Tx,
  expression: string,
  p: { limit: number; before: number; conversation: string | undefined; without: readonly string[] },
): Promise<number[]> {
  const { limit, before, conversation, without } = p;
  const found = "SELECT f.rowid AS ord FROM messages_text f WHERE messages_text MATCH ?1 AND f.rowid < ?2";
  const rows =
    conversation === undefined
      ? await tx.sql.all(
          `${found} AND (?4 = '[]' OR (SELECT m.conversation FROM messages m WHERE m.ord = f.rowid)
             NOT IN (SELECT value FROM json_each(?4))) ORDER BY f.rowid DESC LIMIT ?3`,
          [expression, before, limit, JSON.stringify(without)],
        )
      : await tx.sql.all(
          `${found} AND f.rowid >= (SELECT min(ord) FROM messages WHERE conversation = ?3)
             AND (SELECT m.conversation FROM messages m WHERE m.ord = f.rowid) = ?3
           ORDER BY f.rowid DESC LIMIT ?4`,
          [expression, before, conversation, limit],
        );
  return rows.map((row) => numberIn(row, "ord"));
}

/** The newest lines and what they say, the newest first. */
export async function listNewestLines(
  tx: Tx,
  conversation: string,
  limit: number,
): Promise<{ id: string; order: number; sender: string; body: MessageBody }[]> {
  const sql = "SELECT id, ord, sender, kind, text FROM messages WHERE conversation = ? ORDER BY ord DESC LIMIT ?";
  return (await tx.sql.all(sql, [conversation, limit])).map((row) => ({
    id: textIn(row, "id"),
    order: numberIn(row, "ord"),
    sender: textIn(row, "sender"),
    body: bodyFrom(textIn(row, "kind"), textIn(row, "text"), false),
  }));
}

/** A message, as far as what is done with it must know. */
export interface FullLine extends MessagePlace {
  readonly sender: string;
  readonly mine: boolean;
  readonly kind: string;
  readonly text: string;
  readonly sentAt: number;
  readonly lifetime: number | undefined;
  readonly expiresAt: number | undefined;
  /** In whose roster it stood; empty: it came from its author. */
  readonly teller: string;
}

export async function findLine(tx: Tx, conversation: string, id: string): Promise<FullLine | undefined> {
  const [row] = await tx.sql.all(
    `SELECT ord, id, conversation, sender, mine, kind, text, sent_at, lifetime, expires_at,
       coalesce(from_roster_of, '') AS teller FROM messages
     WHERE id = ? AND conversation = ?`,
    [id, conversation],
  );
  if (row === undefined) return undefined;
  return {
    ...placeFromRow(row),
    sender: textIn(row, "sender"),
    mine: numberIn(row, "mine") !== 0,
    kind: textIn(row, "kind"),
    text: textIn(row, "text"),
    sentAt: numberIn(row, "sent_at"),
    lifetime: maybeNumberIn(row, "lifetime"),
    expiresAt: maybeNumberIn(row, "expires_at"),
    teller: textIn(row, "teller"),
  };
}

/** Its author says a text otherwise: it is found by what it says now. */
export async function rewriteText(tx: Tx, order: number, text: string): Promise<void> {
  await tx.sql.run("UPDATE messages SET text = ? WHERE ord = ?", [text, order]);
  await tx.sql.run("DELETE FROM messages_text WHERE rowid = ?", [order]);
  await indexMessage(tx.sql, order, text);
}

/** Another text for a line that this device noted. */
export async function rewriteLine(tx: Tx, conversation: string, id: string, text: string): Promise<void> {
  await tx.sql.run("UPDATE messages SET text = ? WHERE id = ? AND conversation = ?", [text, id, conversation]);
}

/** In the lines that tell of changes of a group, `after` stands wherever `before` did. */
export async function replaceInChanges(tx: Tx, conversation: string, before: string, after: string): Promise<void> {
  const sql = "UPDATE messages SET text = replace(text, ?, ?) WHERE conversation = ? AND kind = 'change'";
  await tx.sql.run(sql, [before, after, conversation]);
  tx.changed(`messages:${conversation}`);
}

/** What its author wrote, as it came; undefined of what nobody wrote. */
export async function findWritten(tx: Tx, order: number): Promise<{ sender: string; content: Uint8Array } | undefined> {
  const [row] = await tx.sql.all("SELECT sender, content FROM messages WHERE ord = ? AND content IS NOT NULL", [order]);
  return row === undefined ? undefined : { sender: textIn(row, "sender"), content: bytesIn(row, "content") };
}

/** The newest that somebody wrote, the newest first. */
export async function listWritten(
  tx: Tx,
  conversation: string,
  limit: number,
): Promise<{ id: string; order: number; sender: string; content: Uint8Array }[]> {
  const rows = await tx.sql.all(
    "SELECT ord, id, sender, content FROM messages WHERE conversation = ? AND content IS NOT NULL ORDER BY ord DESC LIMIT ?",
    [conversation, limit],
  );
  return rows.map((row) => ({
    id: textIn(row, "id"),
    order: numberIn(row, "ord"),
    sender: textIn(row, "sender"),
    content: bytesIn(row, "content"),
  }));
}

/** It keeps the id it has when the conversation has another message of that id. */
export async function renameMessage(tx: Tx, order: number, id: string): Promise<void> {
  await tx.sql.run("UPDATE OR IGNORE messages SET id = ? WHERE ord = ?", [id, order]);
}

/** Its author has said it too. Whether somebody else's word for it was all there was. */
export async function forgetTeller(tx: Tx, conversation: string, id: string): Promise<boolean> {
  const told = "conversation = ? AND id = ? AND from_roster_of IS NOT NULL";
  return (
    (await tx.sql.all(`UPDATE messages SET from_roster_of = NULL WHERE ${told} RETURNING ord`, [conversation, id]))
      .length > 0
  );
}

/** One of ours that has not left: when it was written, and the lifetime it claims, in seconds. */
export interface Unsent {
  readonly id: string;
  readonly sentAt: number;
  readonly claimed: number | undefined;
}

export async function findUnsent(tx: Tx, conversation: string, id: string): Promise<Unsent | undefined> {
  const [row] = await tx.sql.all(
    "SELECT sent_at, lifetime FROM messages WHERE conversation = ? AND id = ? AND mine AND state = 'saved'",
    [conversation, id],
  );
  if (row === undefined) return undefined;
  const claimed = typeof row["lifetime"] === "number" ? row["lifetime"] : undefined;
  return { id, sentAt: numberIn(row, "sent_at"), claimed };
}

/** Our own messages there that have not left. */
export async function listUnsent(tx: Tx, conversation: string): Promise<string[]> {
  const sql = "SELECT id FROM messages WHERE conversation = ? AND mine AND state = 'saved'";
  return (await tx.sql.all(sql, [conversation])).map((row) => textIn(row, "id"));
}

/** How many of our own messages have not left. */
export async function countUnsent(tx: Tx): Promise<number> {
  const [row] = await tx.sql.all("SELECT count(*) AS n FROM messages WHERE mine AND state = 'saved'");
  return numberIn(row ?? {}, "n");
}

/**
 * The same by conversation, where the first one was written first. By the index of what waits: no
 * status counts through conversations.
 */
export async function listUnsentByConversation(
  tx: Tx,
): Promise<{ conversation: string; messages: number; store: string; state: Conversation["state"] }[]> {
  const rows = await tx.sql.all(
    `SELECT m.conversation, count(*) AS messages, c.store, c.state
     FROM messages m INDEXED BY messages_pending JOIN conversations c ON c.id = m.conversation
     WHERE m.mine AND m.state = 'saved' GROUP BY m.conversation ORDER BY min(m.ord)`,
  );
  return rows.map((row) => ({
    conversation: textIn(row, "conversation"),
    messages: numberIn(row, "messages"),
    store: textIn(row, "store"),
    state: conversationState(row),
  }));
}

export async function countMessages(tx: Tx): Promise<number> {
  const [row] = await tx.sql.all("SELECT count(*) AS n FROM messages");
  return numberIn(row ?? {}, "n");
}

/** A text of our own, as it is sealed. */
export async function findOwnText(
  tx: Tx,
  id: string,
): Promise<{ conversation: string; content: Uint8Array } | undefined> {
  const sql = "SELECT conversation, content FROM messages WHERE id = ? AND mine AND kind = 'text'";
  const [row] = await tx.sql.all(sql, [id]);
  return row && { conversation: textIn(row, "conversation"), content: bytesIn(row, "content") };
}

/**
 * How far a message of our own has come, and whether it has ever left; undefined if it is not ours.
 */
export async function findProgress(tx: Tx, id: string): Promise<{ state: MessageState; hasLeft: boolean } | undefined> {
  const [row] = await tx.sql.all("SELECT state, left_at FROM messages WHERE id = ? AND mine", [id]);
  return row && { state: textIn(row, "state") as MessageState, hasLeft: row["left_at"] !== null };
}

export async function saveLeftAt(tx: Tx, id: string, at: number): Promise<void> {
  await tx.sql.run("UPDATE messages SET left_at = ? WHERE id = ? AND mine", [at, id]);
}

/** A message of our own in one of the states `from` is in `state` now. */
export async function raiseState(
  tx: Tx,
  conversation: string,
  id: string,
  { state, from }: { state: MessageState; from: readonly string[] },
): Promise<void> {
  const marks = from.map(() => "?").join(", ");
  await tx.sql.run(
    `UPDATE messages SET state = ?, error = NULL WHERE conversation = ? AND id = ? AND mine AND state IN (${marks})`,
    [state, conversation, id, ...from],
  );
}

export async function saveFailed(tx: Tx, id: string, error: string): Promise<void> {
  await tx.sql.run("UPDATE messages SET state = 'failed', error = ? WHERE id = ?", [error, id]);
}

/** What failed is to leave again: its lifetime has not begun. */
export async function saveUnsent(tx: Tx, id: string): Promise<void> {
  const sql = "UPDATE messages SET state = 'saved', error = NULL, expires_at = NULL WHERE id = ? AND state = 'failed'";
  await tx.sql.run(sql, [id]);
}

/**
 * Our own messages of this id: where `by` may say that they have them, the conversations of two
 * with them and groups.
 */
export async function listToAcknowledge(
  tx: Tx,
  id: string,
  by: string,
): Promise<{ conversation: string; isGroup: boolean }[]> {
  const rows = await tx.sql.all(
    `SELECT c.id, c.kind FROM messages m JOIN conversations c ON c.id = m.conversation
     WHERE m.id = ? AND m.mine AND (c.kind = 'group' OR c.contact = ?)`,
    [id, by],
  );
  return rows.map((row) => ({ conversation: textIn(row, "id"), isGroup: row["kind"] === "group" }));
}

/** It was sealed in this epoch too. */
export async function saveEpochOf(tx: Tx, conversation: string, id: string, epoch: number): Promise<void> {
  const later = "UPDATE messages SET epoch = max(coalesce(epoch, 0), ?) WHERE conversation = ? AND id = ?";
  await tx.sql.run(later, [epoch, conversation, id]);
}

/** Its time has begun: it disappears at `expiresAt`, in ms. `lifetime` in seconds. */
export async function saveEnd(
  tx: Tx,
  conversation: string,
  id: string,
  { lifetime, expiresAt }: { lifetime: number; expiresAt: number },
): Promise<void> {
  const sql = "UPDATE messages SET lifetime = ?, expires_at = ? WHERE conversation = ? AND id = ?";
  await tx.sql.run(sql, [lifetime, expiresAt, conversation, id]);
}

/**
 * No end is further away than the whole of its time: a clock that was put back since would keep it
 * for as long as it was ahead.
 */
export async function boundEnds(tx: Tx, now: number): Promise<void> {
  const sql = "UPDATE messages SET expires_at = ?1 + lifetime * 1000 WHERE expires_at > ?1 + lifetime * 1000";
  await tx.sql.run(sql, [now]);
}

/** Those whose time is over. */
export async function listOver(tx: Tx, now: number): Promise<MessagePlace[]> {
  const sql = "SELECT ord, id, conversation FROM messages WHERE expires_at <= ?";
  return (await tx.sql.all(sql, [now])).map(placeFromRow);
}

/** When the next one is over. */
export async function findNextEnd(tx: Tx): Promise<number | undefined> {
  const [row] = await tx.sql.all("SELECT min(expires_at) AS due FROM messages WHERE expires_at IS NOT NULL");
  return typeof row?.["due"] === "number" ? row["due"] : undefined;
}

/** What was written in the conversation with a contact, and what they wrote elsewhere. */
export async function listWithContact(tx: Tx, contact: string): Promise<MessagePlace[]> {
  const sql = `SELECT m.id, m.ord, m.conversation FROM messages m WHERE ${WITH_CONTACT}`;
  return (await tx.sql.all(sql, [contact])).map(placeFromRow);
}

/**
 * How much that is: each message counts `perMessage` bytes, and `perByte` for each byte that came.
 */
export async function measureWithContact(
  tx: Tx,
  contact: string,
  weight: { perMessage: number; perByte: number },
): Promise<{ messages: number; bytes: number }> {
  const [row] = await tx.sql.all(
    `SELECT count(*) AS messages, sum(?2 + ?3 * coalesce(length(content), 0)) AS bytes FROM messages m
     WHERE ${WITH_CONTACT}`,
    [contact, weight.perMessage, weight.perByte],
  );
  return { messages: numberIn(row ?? {}, "messages"), bytes: Number(row?.["bytes"] ?? 0) };
}

/** A text of our own that others may lack, and where it stands. */
export type OwnText = Pick<MessagePlace, "id" | "order">;
const OWN_TEXTS = "SELECT id, ord FROM messages WHERE conversation = ?1 AND mine AND kind = 'text'";

const ownTextFromRow = (row: SqlRow): OwnText => ({ id: textIn(row, "id"), order: numberIn(row, "ord") });

/** Nobody has said that they have it. */
const UNACKNOWLEDGED = "state = 'sent' AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id)";
/** Somebody in the group has not said so; who is no contact never does. */
const LACKED = `state IN ('sent', 'delivered', 'read') AND EXISTS (SELECT 1 FROM members other
  WHERE other.conversation = messages.conversation AND other.profile <> messages.sender
    AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id AND profile = other.profile))`;

/** Those that all have a right to; what has not left is said to all who are there then. */
const FOR_ALL = `(state = 'saved' OR CASE WHEN epoch IS NULL OR ?3 IS NULL THEN ord > ?2 ELSE epoch >= ?3 END)`;

/**
 * Those that have not left, and of those sent since a moment the ones that nobody acknowledged;
 * with `forAll`, of these the ones that not everybody did.
 */
export async function listLacked(
  tx: Tx,
  conversation: string,
  { since, forAll }: { since: number; forAll: ForAll | undefined },
): Promise<OwnText[]> {
  const lacked = forAll === undefined ? UNACKNOWLEDGED : LACKED;
  const rows = await tx.sql.all(`${OWN_TEXTS} AND (state = 'saved' OR (${lacked} AND ${FOR_ALL} AND sent_at > ?4))`, [
    conversation,
    ...boundsOf(forAll),
    since,
  ]);
  return rows.map(ownTextFromRow);
}

/**
 * Those behind one, or that left in the epoch `sealedFrom` or later; of these the ones of `forAll`,
 * since a moment, acknowledged or not: the newest `limit`, the oldest first.
 */
export async function listNewestOwnTexts(
  tx: Tx,
  conversation: string,
  from: { behind: number; sealedFrom: number | undefined; forAll: ForAll | undefined; since: number; limit: number },
): Promise<OwnText[]> {
  const rows = await tx.sql.all(
    `${OWN_TEXTS} AND state <> 'failed' AND (ord > ?4 OR epoch >= ?5) AND ${FOR_ALL} AND sent_at >= ?6
     ORDER BY ord DESC LIMIT ?7`,
    [conversation, ...boundsOf(from.forAll), from.behind, from.sealedFrom ?? null, from.since, from.limit],
  );
  return rows.toReversed().map(ownTextFromRow);
}

/**
 * Those of `forAll` and since a moment that `reader` has not said to have: the oldest `limit`.
 */
export async function listOwnTextsFor(
  tx: Tx,
  conversation: string,
  reader: string,
  { forAll, since, limit }: { forAll: ForAll; since: number; limit: number },
): Promise<OwnText[]> {
  const rows = await tx.sql.all(
    `${OWN_TEXTS} AND state NOT IN ('failed', 'read') AND ${FOR_ALL} AND sent_at > ?4
       AND NOT EXISTS (SELECT 1 FROM marks WHERE message = messages.id AND profile = ?5)
       AND (state <> 'delivered' OR (SELECT kind FROM conversations c WHERE c.id = conversation) = 'group')
     ORDER BY ord LIMIT ?6`,
    [conversation, ...boundsOf(forAll), since, reader, limit],
  );
  return rows.map(ownTextFromRow);
}

const boundsOf = (forAll: ForAll = { own: 0 }): readonly [number, number | null] => [
  forAll.own,
  forAll.epochId ?? null,
];

/**
 * Between two: of the texts that were not acknowledged, or given up, the newest `limit` are to
 * leave again, and the others did not arrive.
 */
export async function boundUnacknowledged(tx: Tx, conversation: string, limit: number): Promise<void> {
  const open = "conversation = ? AND mine AND kind = 'text' AND (state = 'sent' OR error = 'not_received')";
  const last = `SELECT ord FROM messages WHERE ${open} ORDER BY ord DESC LIMIT 1 OFFSET ?`;
  const [row] = await tx.sql.all(last, [conversation, limit]);
  const behind = row === undefined ? 0 : numberIn(row, "ord");
  const failed = `UPDATE messages SET state = 'failed', error = 'not_received' WHERE ${open} AND ord <= ?`;
  await tx.sql.run(failed, [conversation, behind]);
  const again = `UPDATE messages SET state = 'saved', error = NULL WHERE ${open} AND state = 'failed' AND ord > ?`;
  await tx.sql.run(again, [conversation, behind]);
  tx.changed(`messages:${conversation}`, "conversations", "status");
}

/**
 * Between two, at this store: what left last before a moment and nobody acknowledged did not
 * arrive, unless it waits to leave again.
 */
export async function giveUpUnacknowledged(tx: Tx, store: string, leftBefore: number): Promise<void> {
  const rows = await tx.sql.all(
    `UPDATE messages INDEXED BY messages_unacknowledged SET state = 'failed', error = 'not_received'
     WHERE mine AND state = 'sent' AND left_at < ?
       AND conversation IN (SELECT id FROM conversations WHERE kind = 'direct' AND store = ?)
       AND id NOT IN (SELECT reference FROM pending_contents WHERE purpose = 'text') RETURNING conversation`,
    [leftBefore, store],
  );
  for (const conversation of new Set(rows.map((row) => textIn(row, "conversation"))))
    tx.changed(`messages:${conversation}`, "conversations");
}

/** The order of the newest line, and of the last before the first of our own that has not left. */
export async function findNewestOrder(tx: Tx, conversation: string): Promise<{ after: number; own: number }> {
  const [row] = await tx.sql.all(
    `SELECT coalesce(max(ord), 0) AS newest, min(CASE WHEN mine AND state = 'saved' THEN ord - 1 END) AS own
     FROM messages WHERE conversation = ?`,
    [conversation],
  );
  const after = row === undefined ? 0 : numberIn(row, "newest");
  return { after, own: typeof row?.["own"] === "number" ? row["own"] : after };
}

/**
 * The newest texts of all authors, the newest first: behind `own` of our own and behind `after` of
 * others, or said, or said again, in the epoch `sealedFrom` or later; of those none that was said
 * before the epoch `epochId` only, or sent before a moment, or is over at `now`.
 */
export async function listNewestTexts(
  tx: Tx,
  conversation: string,
  from: Missed & { readonly since: number; readonly now: number; readonly limit: number },
): Promise<{ id: string; sender: string; content: Uint8Array }[]> {
  const { after, own, epochId = 0, sealedFrom = from.epochId } = from;
  const rows = await tx.sql.all(
    `SELECT id, sender, content FROM messages WHERE conversation = ? AND kind = 'text' AND content IS NOT NULL
       AND (ord > CASE WHEN mine THEN ? ELSE ? END OR epoch >= ?) AND (epoch IS NULL OR epoch >= ?)
       AND sent_at > ? AND state <> 'failed' AND (expires_at IS NULL OR expires_at > ?) ORDER BY ord DESC LIMIT ?`,
    [conversation, own, after, sealedFrom ?? null, epochId, from.since, from.now, from.limit],
  );
  return rows.map((row) => ({
    id: textIn(row, "id"),
    sender: textIn(row, "sender"),
    content: bytesIn(row, "content"),
  }));
}
