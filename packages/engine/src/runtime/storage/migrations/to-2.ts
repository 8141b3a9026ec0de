import { hasColumn, runAll, type Step } from "./step.ts";

/** The first databases of version 1 had no requests. */
const REQUESTS: readonly string[] = [
  `ALTER TABLE messages ADD COLUMN request TEXT`,
  `CREATE UNIQUE INDEX messages_by_request ON messages (conversation, request) WHERE request IS NOT NULL`,
];

/**
 * They had other indexes too, and other columns of what others are to write, of which nothing is
 * kept.
 */
const AS_THE_LAST_OF_VERSION_1: readonly string[] = [
  `DROP INDEX messages_by_id`,
  `CREATE UNIQUE INDEX messages_by_id ON messages (id, conversation)`,
  `CREATE INDEX IF NOT EXISTS messages_pending ON messages (ord) WHERE mine AND state = 'saved'`,
  `DROP TABLE watches`,
  `CREATE TABLE watches (
     owner TEXT NOT NULL, name TEXT NOT NULL, store TEXT NOT NULL, seed BLOB NOT NULL, max_bytes INTEGER NOT NULL,
     stage INTEGER NOT NULL, since INTEGER NOT NULL, PRIMARY KEY (owner, name)) WITHOUT ROWID`,
];

/** Groups; and the secrets of an epoch in small parts, so that a message writes little. */
const GROUPS: readonly string[] = [
  `ALTER TABLE conversations ADD COLUMN kind TEXT NOT NULL DEFAULT 'direct'`,
  `ALTER TABLE conversations ADD COLUMN shared BLOB NOT NULL DEFAULT x''`,
  `ALTER TABLE conversations ADD COLUMN name TEXT NOT NULL DEFAULT ''`,
  `ALTER TABLE conversations ADD COLUMN picture BLOB`,
  `ALTER TABLE conversations ADD COLUMN progress TEXT`,
  `ALTER TABLE conversations ADD COLUMN writable INTEGER NOT NULL DEFAULT 1`,
  `ALTER TABLE conversations ADD COLUMN timer INTEGER NOT NULL DEFAULT 0`,
  `ALTER TABLE conversations ADD COLUMN jammed TEXT`,
  `ALTER TABLE conversations ADD COLUMN behind INTEGER NOT NULL DEFAULT 0`,
  `CREATE INDEX conversations_by_shared ON conversations (shared)`,
  `ALTER TABLE messages ADD COLUMN expires_at INTEGER`,
  `CREATE INDEX messages_expiring ON messages (expires_at) WHERE expires_at IS NOT NULL`,
  `CREATE TABLE marks (
     message TEXT NOT NULL, profile TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (message, profile)) WITHOUT ROWID`,
  `CREATE TABLE members (
     conversation TEXT NOT NULL, profile TEXT NOT NULL, devices INTEGER NOT NULL, role TEXT NOT NULL,
     PRIMARY KEY (conversation, profile)) WITHOUT ROWID`,
  `CREATE INDEX members_by_profile ON members (profile)`,
  `CREATE TABLE people (
     profile TEXT PRIMARY KEY, name TEXT NOT NULL, card BLOB, card_seed BLOB, card_length INTEGER)`,
  `CREATE TABLE intentions (
     id INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
     created_at INTEGER NOT NULL, due_at INTEGER NOT NULL)`,
  `CREATE INDEX intentions_of_conversation ON intentions (conversation, id)`,
  `CREATE TABLE key_packages (
     id INTEGER PRIMARY KEY, contact TEXT NOT NULL, ours INTEGER NOT NULL, key_package BLOB NOT NULL, secret BLOB,
     made_at INTEGER NOT NULL, used_by TEXT)`,
  `CREATE INDEX key_packages_of_contact ON key_packages (contact, ours)`,
  `CREATE TABLE invitations (
     conversation TEXT PRIMARY KEY, contact TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE settled_commits (
     conversation TEXT NOT NULL, generation INTEGER NOT NULL, epoch_number INTEGER NOT NULL, label BLOB NOT NULL,
     hash BLOB NOT NULL, authenticator BLOB NOT NULL, PRIMARY KEY (conversation, generation, epoch_number)) WITHOUT ROWID`,
  `DROP TABLE chains`,
  `DROP TABLE arrived`,
  `DROP TABLE pending_commits`,
  `DROP TABLE epochs`,
  `CREATE TABLE epochs (
     id INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, generation INTEGER NOT NULL, number INTEGER NOT NULL,
     own_leaf INTEGER NOT NULL, commits BLOB NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
     sent INTEGER NOT NULL DEFAULT 0, leaf_since INTEGER NOT NULL, retired_at INTEGER)`,
  `CREATE INDEX epochs_of_conversation ON epochs (conversation, id)`,
  `CREATE TABLE epoch_states (
     epoch INTEGER PRIMARY KEY REFERENCES epochs (id) ON DELETE CASCADE, group_state BLOB NOT NULL)`,
  `CREATE TABLE leaf_parts (
     epoch INTEGER NOT NULL REFERENCES epochs (id) ON DELETE CASCADE, part INTEGER NOT NULL, secrets BLOB NOT NULL,
     chains BLOB NOT NULL, PRIMARY KEY (epoch, part))`,
  `CREATE TABLE probes (
     epoch INTEGER NOT NULL REFERENCES epochs (id) ON DELETE CASCADE, leaf INTEGER NOT NULL, probe INTEGER NOT NULL,
     PRIMARY KEY (epoch, leaf)) WITHOUT ROWID`,
  `CREATE TABLE arrived (
     epoch INTEGER NOT NULL REFERENCES epochs (id) ON DELETE CASCADE, leaf INTEGER NOT NULL, step INTEGER NOT NULL,
     cell BLOB NOT NULL, PRIMARY KEY (epoch, leaf, step)) WITHOUT ROWID`,
  `CREATE TABLE pending_commits (
     epoch INTEGER PRIMARY KEY REFERENCES epochs (id) ON DELETE CASCADE, attempt INTEGER NOT NULL,
     next_state BLOB NOT NULL, renews INTEGER NOT NULL, hash BLOB NOT NULL, body BLOB, welcome BLOB)`,
];

/** What it holds is left as it is: a profile of that time is refused, by the step to version 14. */
export const toVersion2: Step = {
  to: 2,
  run: async (sql) => {
    if (!(await hasColumn(sql, "messages", "request"))) await runAll(sql, REQUESTS);
    await runAll(sql, [...AS_THE_LAST_OF_VERSION_1, ...GROUPS]);
  },
};
