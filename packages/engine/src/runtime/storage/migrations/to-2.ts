import { conversationIdFrom } from "@pli/protocol/conversation";
import { messageIdFrom } from "@pli/protocol/content";
import { fromHex, toHex, type Crypto } from "@pli/protocol/crypto";
import { createDeviceCertificate, parseCard, parseIdentity } from "@pli/protocol/identity";
import type { Sql } from "../../ports.ts";
import { bytesIn, damaged, numberIn, textIn } from "../row.ts";
import { hasColumn, runAll, type Step } from "./step.ts";

/**
 * How long a device certificate was valid in version 1: from a day before it was made, for two
 * years.
 */
const BEFORE_SECONDS = 86_400;
const VALID_SECONDS = 2 * 365 * 86_400;

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

export const toVersion2: Step = {
  to: 2,
  run: async (sql, crypto) => {
    if (!(await hasColumn(sql, "messages", "request"))) await runAll(sql, REQUESTS);
    await runAll(sql, [...AS_THE_LAST_OF_VERSION_1, ...GROUPS]);
    await adapt(sql, crypto);
  },
};

/**
 * Profile ids are other hashes of the same keys since version 2, and what names one gets a new
 * name: contacts, authors, the ids of messages, this device's certificate. What MLS held of version
 * 1 opens nothing any more: each conversation is set up again, as after any loss, and pairings that
 * were under way are gone.
 */
async function adapt(sql: Sql, crypto: Crypto): Promise<void> {
  await sql.run("DELETE FROM outbox WHERE purpose IN ('pairing', 'beacon', 'commit')");
  await sql.run("UPDATE outbox SET epoch = NULL, puts = NULL");
  await sql.run("DELETE FROM pairings WHERE open = 1");
  const own = await adaptProfile(sql, crypto);
  for (const row of await sql.all("SELECT id, card, pairwise, conversation FROM contacts")) {
    const card = parseCard(crypto, bytesIn(row, "card"));
    if (!card.ok || own === undefined) return damaged("contact card");
    const conversation = textIn(row, "conversation");
    const shared = conversationIdFrom(crypto, bytesIn(row, "pairwise"));
    await sql.run("UPDATE contacts SET id = ? WHERE id = ?", [toHex(card.value.id), textIn(row, "id")]);
    await sql.run("UPDATE conversations SET contact = ?, shared = ? WHERE id = ?", [
      toHex(card.value.id),
      shared,
      conversation,
    ]);
    await adaptMessages(sql, crypto, { conversation, shared, own, peer: toHex(card.value.id) });
  }
  await sql.run(
    `UPDATE conversations SET beacon = NULL,
       state = CASE (SELECT blocked FROM contacts k WHERE k.id = contact) WHEN 0 THEN 'rejoining' ELSE 'ready' END`,
  );
}

/**
 * The certificate names the profile: it is made again, for the same device key and time. Gives the
 * profile's id.
 */
async function adaptProfile(sql: Sql, crypto: Crypto): Promise<string | undefined> {
  const [row] = await sql.all("SELECT identity, device_public, created_at FROM profile");
  if (row === undefined) return undefined;
  const identity = parseIdentity(crypto, bytesIn(row, "identity"));
  if (!identity.ok) return damaged("profile");
  const madeAt = Math.floor(numberIn(row, "created_at") / 1000);
  const certificate = createDeviceCertificate(crypto, identity.value, {
    deviceKey: bytesIn(row, "device_public"),
    notBefore: madeAt - BEFORE_SECONDS,
    notAfter: madeAt + VALID_SECONDS,
  });
  await sql.run("UPDATE profile SET certificate = ?", [certificate.bytes]);
  return toHex(identity.value.id);
}

async function adaptMessages(
  sql: Sql,
  crypto: Crypto,
  p: { conversation: string; shared: Uint8Array; own: string; peer: string },
): Promise<void> {
  const rows = await sql.all(
    "SELECT ord, id, mine, content FROM messages WHERE conversation = ? AND content IS NOT NULL",
    [p.conversation],
  );
  for (const row of rows) {
    const [before, author] = [textIn(row, "id"), numberIn(row, "mine") === 0 ? p.peer : p.own];
    const sender = fromHex(author) ?? damaged("profile");
    const id = toHex(messageIdFrom(crypto, bytesIn(row, "content"), { sender, conversation: p.shared }));
    await sql.run("UPDATE messages SET id = ?, sender = ? WHERE ord = ?", [id, author, numberIn(row, "ord")]);
    await sql.run("UPDATE OR IGNORE receipts SET message = ? WHERE message = ?", [id, before]);
    await sql.run("UPDATE outbox SET reference = ? WHERE purpose = 'text' AND reference = ?", [id, before]);
  }
}
