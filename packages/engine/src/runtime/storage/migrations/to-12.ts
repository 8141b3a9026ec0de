/**
 * From version 7 or a later one to 12. Databases of version 8 and of version 9 were made with some
 * of these parts and without others, so each part is made where it is missing.
 */
import type { Sql } from "../../ports.ts";
import { CREATE_SEARCH_INDEX, fillSearchIndex } from "../search-index.ts";
import { convertKeptStates } from "./kept-states.ts";
import { mendMeta } from "./meta-rows.ts";
import { hasColumn, hasTable, runAll, type Step } from "./step.ts";

/** Something that a version brought. */
interface Part {
  isThere(sql: Sql): Promise<boolean>;
  readonly statements: readonly string[];
  /** Makes something of what was there before. */
  fill?(sql: Sql): Promise<void>;
}

const withTable = (table: string, statements: readonly string[]): Part => ({
  isThere: (sql) => hasTable(sql, table),
  statements,
});

const withColumn = (table: string, column: string, statements: readonly string[]): Part => ({
  isThere: (sql) => hasColumn(sql, table, column),
  statements,
});

/** Texts are found by terms of Pli's own, and what is deleted leaves the index at once. */
const SEARCH_INDEX: Part = {
  isThere: async (sql) =>
    (await sql.all("SELECT 1 FROM sqlite_schema WHERE name = 'messages_text' AND sql LIKE '%unicode61%'")).length === 0,
  statements: [`DROP TABLE messages_text`, ...CREATE_SEARCH_INDEX],
  fill: fillSearchIndex,
};

/**
 * How long a message lives is the message's. Of those that are there it is the timer of their
 * group, or what was left of it.
 */
const LIFETIMES = withColumn("messages", "lifetime", [
  `ALTER TABLE messages ADD COLUMN lifetime INTEGER`,
  `UPDATE messages SET lifetime = coalesce(nullif((SELECT timer FROM conversations c WHERE c.id = conversation), 0),
     max(1, min(31536000, (expires_at - sent_at) / 1000))) WHERE expires_at IS NOT NULL`,
]);

/** The list of conversations is in an order of its own, whatever the clock showed. */
const LIST_ORDER = withColumn("conversations", "active_order", [
  `ALTER TABLE conversations ADD COLUMN active_order INTEGER NOT NULL DEFAULT 0`,
  `UPDATE conversations SET active_order =
     coalesce((SELECT max(ord) FROM messages m WHERE m.conversation = conversations.id), 0)`,
  `CREATE INDEX conversations_in_order ON conversations (active_order)`,
]);

/** What was erased here does not come back; and when a message left last, or may have. */
const KEEPING = withTable("erased", [
  `CREATE TABLE erased (
     author TEXT NOT NULL, mark BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (author, mark)) WITHOUT ROWID`,
  `ALTER TABLE messages ADD COLUMN left_at INTEGER`,
  `UPDATE messages SET left_at = sent_at WHERE mine`,
  `CREATE INDEX messages_unacknowledged ON messages (left_at) WHERE mine AND state = 'sent'`,
]);

/**
 * What is unread is counted when it comes, is read or goes: no list of conversations counts
 * messages.
 */
const UNREAD_COUNT = withColumn("conversations", "unread", [
  `ALTER TABLE conversations ADD COLUMN unread INTEGER NOT NULL DEFAULT 0`,
  `UPDATE conversations SET unread = (
     SELECT count(*) FROM messages m WHERE m.conversation = conversations.id AND m.ord > conversations.read_order
       AND NOT m.mine AND m.kind IN ('text', 'unknown'))`,
  `CREATE TRIGGER unread_comes AFTER INSERT ON messages WHEN NOT new.mine AND new.kind IN ('text', 'unknown') BEGIN
     UPDATE conversations SET unread = unread + 1 WHERE id = new.conversation AND read_order < new.ord;
   END`,
  `CREATE TRIGGER unread_goes AFTER DELETE ON messages WHEN NOT old.mine AND old.kind IN ('text', 'unknown') BEGIN
     UPDATE conversations SET unread = unread - 1 WHERE id = old.conversation AND read_order < old.ord;
   END`,
]);

/** What the reducers of the protocol keep between two events. */
const REDUCER_STATES = withTable("reducer_states", [
  `CREATE TABLE reducer_states (
     reducer TEXT NOT NULL, id TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (reducer, id)) WITHOUT ROWID`,
]);

/**
 * What waits to be sealed and what is finished wait in tables of their own: the send queue knows
 * nothing of conversations.
 */
const SEND_QUEUE = withTable("send_queue", [
  `CREATE TABLE pending_contents (
     id INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, purpose TEXT NOT NULL, reference TEXT NOT NULL,
     content BLOB NOT NULL, epoch INTEGER)`,
  `CREATE INDEX pending_contents_of_conversation ON pending_contents (conversation, id)`,
  `CREATE TABLE send_queue (
     id INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, store TEXT NOT NULL, reference TEXT NOT NULL,
     ahead INTEGER NOT NULL, puts BLOB NOT NULL)`,
  `CREATE INDEX send_queue_by_stream ON send_queue (stream, id)`,
  `INSERT INTO pending_contents (id, conversation, purpose, reference, content, epoch)
     SELECT id, substr(stream, length('conversation ') + 1), purpose, reference, content,
       CASE WHEN puts IS NOT NULL THEN epoch END FROM outbox WHERE content IS NOT NULL`,
  `INSERT INTO send_queue (id, stream, store, reference, ahead, puts)
     SELECT id, stream, store, CASE
         WHEN content IS NOT NULL THEN 'content ' || id || ' ' || epoch
         WHEN purpose = 'commit' THEN 'commit ' || reference
         WHEN purpose IN ('pairing', 'beacon') THEN substr(reference, instr(reference, ' ') + 1)
         ELSE reference END,
       purpose = 'commit', puts FROM outbox WHERE puts IS NOT NULL`,
  `DROP TABLE outbox`,
]);

/** A secret for calls, kept and erased with its epoch. */
const CALL_SECRET = withColumn("epochs", "call_secret", [`ALTER TABLE epochs ADD COLUMN call_secret BLOB`]);

/** In which epoch a message was said: who came in later has no right to it. */
const EPOCH_OF_MESSAGE = withColumn("messages", "epoch", [`ALTER TABLE messages ADD COLUMN epoch INTEGER`]);

/** In the order in which versions brought them. */
export const PARTS = {
  SEARCH_INDEX,
  LIFETIMES,
  LIST_ORDER,
  KEEPING,
  UNREAD_COUNT,
  SEND_QUEUE,
  CALL_SECRET,
  REDUCER_STATES,
  EPOCH_OF_MESSAGE,
} as const satisfies Readonly<Record<string, Part>>;

export async function addPart(sql: Sql, { isThere, statements, fill }: Part): Promise<void> {
  if (await isThere(sql)) return;
  await runAll(sql, statements);
  await fill?.(sql);
}

export const toVersion12: Step = {
  to: 12,
  run: async (sql) => {
    for (const part of Object.values<Part>(PARTS)) await addPart(sql, part);
    await mendMeta(sql);
    await convertKeptStates(sql);
  },
};
