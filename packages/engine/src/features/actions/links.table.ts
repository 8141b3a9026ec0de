/**
 * The tables `replies`, `stars` and `former_ids`: which message answers which, which ones this
 * person marked, and what messages were called before.
 */
import type { Tx } from "../../runtime/context.ts";
import { textIn } from "../../runtime/storage/row.ts";

export const LINKS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS replies (
     conversation TEXT NOT NULL, message TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (conversation, message))
     WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS stars (
     conversation TEXT NOT NULL, message TEXT NOT NULL, PRIMARY KEY (conversation, message)) WITHOUT ROWID`,
  // A conversation of two had another id: those who do not know yet call its messages so.
  `CREATE TABLE IF NOT EXISTS former_ids (
     conversation TEXT NOT NULL, former TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (conversation, former))
     WITHOUT ROWID`,
];

export async function insertReply(tx: Tx, conversation: string, message: string, target: string): Promise<void> {
  await tx.sql.run("INSERT OR IGNORE INTO replies (conversation, message, target) VALUES (?, ?, ?)", [
    conversation,
    message,
    target,
  ]);
}

export async function setStar(tx: Tx, conversation: string, message: string, on: boolean): Promise<void> {
  const sql = on
    ? "INSERT OR IGNORE INTO stars (conversation, message) VALUES (?, ?)"
    : "DELETE FROM stars WHERE conversation = ? AND message = ?";
  await tx.sql.run(sql, [conversation, message]);
}

/** The ids of all messages that are starred. */
export async function listStars(tx: Tx): Promise<string[]> {
  return (await tx.sql.all("SELECT message FROM stars ORDER BY message")).map((row) => textIn(row, "message"));
}

/** What is known of one message. */
export async function deleteLinks(tx: Tx, conversation: string, message: string): Promise<void> {
  for (const table of ["replies", "stars"])
    await tx.sql.run(`DELETE FROM ${table} WHERE conversation = ? AND message = ?`, [conversation, message]);
}

export async function deleteLinksOf(tx: Tx, conversation: string): Promise<void> {
  for (const table of ["replies", "stars", "former_ids"])
    await tx.sql.run(`DELETE FROM ${table} WHERE conversation = ?`, [conversation]);
}

/** A message has another id from now on, and is found by both. */
export async function renameLinks(tx: Tx, conversation: string, before: string, after: string): Promise<void> {
  if (before === after) return;
  for (const table of ["replies", "stars"])
    await tx.sql.run(`UPDATE OR REPLACE ${table} SET message = ? WHERE conversation = ? AND message = ?`, [
      after,
      conversation,
      before,
    ]);
  await tx.sql.run("INSERT OR REPLACE INTO former_ids (conversation, former, id) VALUES (?, ?, ?)", [
    conversation,
    before,
    after,
  ]);
}

/** How often a conversation had another id, at most. */
const MAX_NAMES = 16;

/** What a message is called now. */
export async function idNow(tx: Tx, conversation: string, id: string): Promise<string> {
  let now = id;
  for (let i = 0; i < MAX_NAMES; i++) {
    const sql = "SELECT id FROM former_ids WHERE conversation = ? AND former = ?";
    const [row] = await tx.sql.all(sql, [conversation, now]);
    if (row === undefined) break;
    now = textIn(row, "id");
  }
  return now;
}
