/** Databases of older versions, with the tables that each version on `main` made. */
import type { Sql } from "@pli/engine/ports";
import { createCrypto } from "@pli/protocol/crypto";
import { addPart, PARTS } from "../../src/runtime/storage/migrations/to-12.ts";
import { STEPS } from "../../src/runtime/storage/migrations/steps.ts";

const crypto = await createCrypto();

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
/** What the first two databases of version 1 had in another form. */
const SECOND_OF_1: readonly string[] = [`DROP INDEX messages_by_request`, `ALTER TABLE messages DROP COLUMN request`];
const FIRST_OF_1: readonly string[] = [
  ...SECOND_OF_1,
  `DROP INDEX messages_by_id`,
  `CREATE UNIQUE INDEX messages_by_id ON messages (conversation, id)`,
  `DROP INDEX messages_pending`,
  `ALTER TABLE chains DROP COLUMN probe`,
  `ALTER TABLE watches DROP COLUMN stage`,
  `ALTER TABLE watches DROP COLUMN since`,
];

type PartName = keyof typeof PARTS;

/** Version 8 had four forms, one after the other, and version 9 had two. */
const OF_8_FIRST: readonly PartName[] = ["KEEPING"];
const OF_8_SECOND: readonly PartName[] = ["KEEPING", "SEARCH_INDEX"];
const OF_8_THIRD: readonly PartName[] = ["SEARCH_INDEX", "LIFETIMES", "LIST_ORDER", "KEEPING"];
const OF_8: readonly PartName[] = [...OF_8_THIRD, "UNREAD_COUNT"];
const OF_9_FIRST: readonly PartName[] = [...OF_8, "SEND_QUEUE"];
const OF_9: readonly PartName[] = [...OF_9_FIRST, "CALL_SECRET"];
const OF_10: readonly PartName[] = [...OF_8, "REDUCER_STATES", "SEND_QUEUE", "CALL_SECRET"];
/** Version 10 did not look for what the first form of version 8 lacked. */
const OF_10_LACKING: readonly PartName[] = [...OF_8_FIRST, "REDUCER_STATES", "SEND_QUEUE", "CALL_SECRET"];
const OF_11: readonly PartName[] = [...OF_10, "EPOCH_OF_MESSAGE"];

type Make = (sql: Sql) => Promise<void>;

/** Each form that the tables had on `main`, by its name, and what makes it in a new database. */
export const OLDER_FORMS: ReadonlyMap<string, Make> = new Map<string, Make>([
  ["1, first form", (sql) => makeVersion1(sql, FIRST_OF_1)],
  ["1, second form", (sql) => makeVersion1(sql, SECOND_OF_1)],
  ["1", (sql) => makeVersion1(sql, [])],
  ...[2, 3, 4, 5, 6, 7].map((version) => [String(version), (sql: Sql) => makeUpTo(sql, version)] as const),
  ["8, first form", (sql) => makeOfParts(sql, 8, OF_8_FIRST)],
  ["8, second form", (sql) => makeOfParts(sql, 8, OF_8_SECOND)],
  ["8, third form", (sql) => makeOfParts(sql, 8, OF_8_THIRD)],
  ["8", (sql) => makeOfParts(sql, 8, OF_8)],
  ["9, first form", (sql) => makeOfParts(sql, 9, OF_9_FIRST)],
  ["9", (sql) => makeOfParts(sql, 9, OF_9)],
  ["10", (sql) => makeOfParts(sql, 10, OF_10)],
  ["10, from the first form of 8", (sql) => makeOfParts(sql, 10, OF_10_LACKING)],
  ["11", (sql) => makeOfParts(sql, 11, OF_11)],
  ["12", (sql) => makeUpTo(sql, 12)],
]);

async function makeVersion1(sql: Sql, changes: readonly string[]): Promise<void> {
  for (const statement of [...VERSION_1, ...changes]) await sql.run(statement);
  await saveVersion(sql, 1);
}

async function makeUpTo(sql: Sql, version: number): Promise<void> {
  for (const statement of VERSION_1) await sql.run(statement);
  for (const { to, run } of STEPS) if (to <= version) await run(sql, crypto);
  await saveVersion(sql, version);
}

async function makeOfParts(sql: Sql, version: number, parts: readonly PartName[]): Promise<void> {
  await makeUpTo(sql, 7);
  for (const part of parts) await addPart(sql, PARTS[part]);
  await saveVersion(sql, version);
}

export async function saveVersion(sql: Sql, version: number): Promise<void> {
  await sql.run("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
  await sql.run("DELETE FROM schema_version");
  await sql.run("INSERT INTO schema_version (version) VALUES (?)", [version]);
}
