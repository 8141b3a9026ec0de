import type { Crypto } from "@pli/protocol/crypto";
import { DatabaseError, type Sql } from "../ports.ts";
import { adaptSearchIndex, SEARCH_INDEX } from "./search-index.ts";
import { adaptToVersion2, VERSION_2 } from "./version-2.ts";

/** A profile and conversations of two. */
export const VERSION_1: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID`,
  `CREATE TABLE profile (
     id INTEGER PRIMARY KEY CHECK (id = 1), identity BLOB NOT NULL, card BLOB NOT NULL, certificate BLOB NOT NULL,
     device_public BLOB NOT NULL, device_secret BLOB NOT NULL, created_at INTEGER NOT NULL)`,
  `CREATE TABLE contacts (
     id TEXT PRIMARY KEY, card BLOB NOT NULL, certificate BLOB NOT NULL, own_name TEXT NOT NULL,
     given_name TEXT NOT NULL DEFAULT '', level INTEGER NOT NULL, pairwise BLOB NOT NULL, role TEXT NOT NULL,
     conversation TEXT NOT NULL, paired_at INTEGER NOT NULL, blocked INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID`,
  `CREATE TABLE conversations (
     id TEXT PRIMARY KEY, contact TEXT NOT NULL, store TEXT NOT NULL, feed INTEGER NOT NULL,
     generation INTEGER NOT NULL, state TEXT NOT NULL, muted INTEGER NOT NULL DEFAULT 0,
     draft TEXT NOT NULL DEFAULT '', active_at INTEGER NOT NULL, read_order INTEGER NOT NULL DEFAULT 0,
     beacon BLOB) WITHOUT ROWID`,
  `CREATE TABLE epochs (
     id INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, generation INTEGER NOT NULL, number INTEGER NOT NULL,
     group_state BLOB NOT NULL, own_leaf INTEGER NOT NULL, commits BLOB NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
     sent INTEGER NOT NULL DEFAULT 0, leaf_since INTEGER NOT NULL, retired_at INTEGER)`,
  `CREATE INDEX epochs_of_conversation ON epochs (conversation, id)`,
  `CREATE TABLE chains (
     epoch INTEGER NOT NULL REFERENCES epochs (id) ON DELETE CASCADE, leaf INTEGER NOT NULL, step INTEGER NOT NULL,
     secret BLOB NOT NULL,
     probe INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (epoch, leaf)) WITHOUT ROWID`,
  `CREATE TABLE arrived (
     epoch INTEGER NOT NULL REFERENCES epochs (id) ON DELETE CASCADE, leaf INTEGER NOT NULL, step INTEGER NOT NULL,
     cell BLOB NOT NULL, PRIMARY KEY (epoch, leaf, step)) WITHOUT ROWID`,
  `CREATE TABLE pending_commits (
     epoch INTEGER PRIMARY KEY REFERENCES epochs (id) ON DELETE CASCADE, attempt INTEGER NOT NULL,
     next_state BLOB NOT NULL)`,
  `CREATE TABLE messages (
     ord INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, conversation TEXT NOT NULL, sender TEXT NOT NULL,
     mine INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, content BLOB, sent_at INTEGER NOT NULL,
     state TEXT NOT NULL, error TEXT, request TEXT)`,
  `CREATE UNIQUE INDEX messages_by_request ON messages (conversation, request) WHERE request IS NOT NULL`,
  `CREATE UNIQUE INDEX messages_by_id ON messages (id, conversation)`,
  `CREATE INDEX messages_pending ON messages (ord) WHERE mine AND state = 'saved'`,
  `CREATE INDEX messages_in_order ON messages (conversation, ord)`,
  `CREATE VIRTUAL TABLE messages_text USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')`,
  `CREATE TABLE outbox (
     id INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, store TEXT NOT NULL, purpose TEXT NOT NULL,
     reference TEXT NOT NULL, content BLOB, epoch INTEGER, puts BLOB)`,
  `CREATE INDEX outbox_by_stream ON outbox (stream, id)`,
  `CREATE TABLE receipts (
     conversation TEXT NOT NULL, message TEXT NOT NULL, kind TEXT NOT NULL, due_at INTEGER NOT NULL,
     PRIMARY KEY (conversation, message, kind)) WITHOUT ROWID`,
  `CREATE TABLE pairings (
     id TEXT PRIMARY KEY, role TEXT NOT NULL, store TEXT NOT NULL, state BLOB, view TEXT NOT NULL,
     key_package BLOB, key_package_secret BLOB, group_state BLOB, created_at INTEGER NOT NULL,
     open INTEGER NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE watches (
     owner TEXT NOT NULL, name TEXT NOT NULL, store TEXT NOT NULL, seed BLOB NOT NULL, max_bytes INTEGER NOT NULL,
     stage INTEGER NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (owner, name)) WITHOUT ROWID`,
  `CREATE TABLE positions (
     store TEXT NOT NULL, feed INTEGER NOT NULL, position INTEGER NOT NULL, store_id BLOB NOT NULL,
     retention_days INTEGER NOT NULL, seen_day INTEGER NOT NULL, PRIMARY KEY (store, feed)) WITHOUT ROWID`,
  `CREATE TABLE traffic (
     hour INTEGER PRIMARY KEY, cells INTEGER NOT NULL, blocks INTEGER NOT NULL, fetched INTEGER NOT NULL,
     fed INTEGER NOT NULL)`,
  `CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID`,
];

/** What was told of before this person came is marked as such. */
const VERSION_3: readonly string[] = [`ALTER TABLE messages ADD COLUMN told_by TEXT`];

/** Several people can bring a device back at once: each has an invitation of their own. */
const VERSION_4: readonly string[] = [
  `CREATE TABLE invitations_4 (
     conversation TEXT NOT NULL, contact TEXT NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (conversation, contact)) WITHOUT ROWID`,
  `INSERT INTO invitations_4 SELECT conversation, contact, body FROM invitations`,
  `DROP TABLE invitations`,
  `ALTER TABLE invitations_4 RENAME TO invitations`,
];

/**
 * What stands before the place reached shows whether the store was put back to an earlier state.
 */
const VERSION_5: readonly string[] = [`ALTER TABLE positions ADD COLUMN before_tag INTEGER`];

/**
 * The place from which the store sends the feed again. It is not where the last cell for this
 * device stood, since the store sees it.
 */
const VERSION_6: readonly string[] = [
  `ALTER TABLE positions ADD COLUMN resume_at INTEGER`,
  `ALTER TABLE positions ADD COLUMN resume_tag INTEGER`,
];

/** What others have caused is counted where a restart does not forget it. */
const VERSION_7: readonly string[] = [
  `CREATE TABLE budgets (
     budget TEXT NOT NULL, whose TEXT NOT NULL, spent REAL NOT NULL, at INTEGER NOT NULL, passed INTEGER NOT NULL,
     passed_at INTEGER, PRIMARY KEY (whose, budget)) WITHOUT ROWID`,
];

/**
 * How long a message lives is the message's. Of those that are there it is the timer of their
 * group, or what was left of it.
 */
export const LIFETIMES: readonly string[] = [
  `ALTER TABLE messages ADD COLUMN lifetime INTEGER`,
  `UPDATE messages SET lifetime = coalesce(nullif((SELECT timer FROM conversations c WHERE c.id = conversation), 0),
     max(1, min(31536000, (expires_at - sent_at) / 1000))) WHERE expires_at IS NOT NULL`,
];

/** The list of conversations is in an order of its own, whatever the clock showed. */
export const LIST_ORDER: readonly string[] = [
  `ALTER TABLE conversations ADD COLUMN active_order INTEGER NOT NULL DEFAULT 0`,
  `UPDATE conversations SET active_order =
     coalesce((SELECT max(ord) FROM messages m WHERE m.conversation = conversations.id), 0)`,
  `CREATE INDEX conversations_in_order ON conversations (active_order)`,
];

/** What was erased here does not come back; and when a message left last, or may have. */
const KEEPING: readonly string[] = [
  `CREATE TABLE erased (
     author TEXT NOT NULL, mark BLOB NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (author, mark)) WITHOUT ROWID`,
  `ALTER TABLE messages ADD COLUMN left_at INTEGER`,
  `UPDATE messages SET left_at = sent_at WHERE mine`,
  `CREATE INDEX messages_unacknowledged ON messages (left_at) WHERE mine AND state = 'sent'`,
];

/**
 * What is unread is counted when it comes, is read or goes: no list of conversations counts
 * messages.
 */
const UNREAD_COUNT: readonly string[] = [
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
];

/**
 * What waits to be sealed and what is finished wait in tables of their own: the send queue knows
 * nothing of conversations.
 */
const SEND_QUEUE: readonly string[] = [
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
];

/** A secret for calls, kept and erased with its epoch. */
const CALL_SECRET: readonly string[] = [`ALTER TABLE epochs ADD COLUMN call_secret BLOB`];

/** What the reducers of the protocol keep between two events, each as its codec writes it. */
const REDUCER_STATES: readonly string[] = [
  `CREATE TABLE reducer_states (
     reducer TEXT NOT NULL, id TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY (reducer, id)) WITHOUT ROWID`,
];

/** In which epoch a message was said: who came in later has no right to it. */
const EPOCH_OF_MESSAGE: readonly string[] = [`ALTER TABLE messages ADD COLUMN epoch INTEGER`];

/** One version of the schema: its tables, and what is made of the data that was there before it. */
interface Version {
  readonly statements: readonly string[];
  adapt?(sql: Sql, crypto: Crypto): Promise<void>;
}

/**
 * Each takes the schema one version further; a database of a later version than the last is
 * refused.
 */
const VERSIONS: readonly Version[] = [
  { statements: VERSION_1 },
  { statements: VERSION_2, adapt: adaptToVersion2 },
  { statements: VERSION_3 },
  { statements: VERSION_4 },
  { statements: VERSION_5 },
  { statements: VERSION_6 },
  { statements: VERSION_7 },
  { statements: [...SEARCH_INDEX, ...LIFETIMES, ...LIST_ORDER, ...KEEPING, ...UNREAD_COUNT], adapt: adaptSearchIndex },
  { statements: REDUCER_STATES },
  { statements: [...SEND_QUEUE, ...CALL_SECRET] },
  { statements: EPOCH_OF_MESSAGE },
];

/**
 * The tables of this version, made or brought up to it in one transaction. `database_newer`:
 * written by a later Pli.
 */
export async function migrate(sql: Sql, crypto: Crypto): Promise<void> {
  await sql.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
  const [row] = await sql.all("SELECT version FROM schema_version");
  const version = Number(row?.["version"] ?? 0);
  if (version > VERSIONS.length) throw new DatabaseError("database_newer");
  if (version === VERSIONS.length) return;
  for (const { statements, adapt } of VERSIONS.slice(version)) {
    for (const statement of statements) await sql.run(statement);
    await adapt?.(sql, crypto);
  }
  await sql.run("DELETE FROM schema_version");
  await sql.run("INSERT INTO schema_version VALUES (?)", [VERSIONS.length]);
}
