import type { Tx } from "../tx.ts";
import { damaged, textIn } from "./row.ts";

/**
 * Single values that no table is worth, each under a key of its own, as JSON. A key is a name, and
 * behind a space what the value is of: of a conversation, its id on this device.
 */
export async function findMeta<T>(tx: Tx, key: string): Promise<T | undefined> {
  const [row] = await tx.sql.all("SELECT value FROM meta WHERE key = ?", [key]);
  return row === undefined ? undefined : (jsonFrom(textIn(row, "value"), key) as T);
}

export async function saveMeta(tx: Tx, key: string, value: unknown): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [key, JSON.stringify(value)]);
}

export async function deleteMeta(tx: Tx, key: string): Promise<void> {
  await tx.sql.run("DELETE FROM meta WHERE key = ?", [key]);
}

/** The values under this name, each with what it is of. */
export async function listMeta<T>(tx: Tx, name: string): Promise<(readonly [string, T])[]> {
  const rows = await tx.sql.all("SELECT key, value FROM meta WHERE key LIKE ?", [`${name} %`]);
  return rows.map((row) => [textIn(row, "key").slice(name.length + 1), jsonFrom(textIn(row, "value"), name) as T]);
}

/** What there is a value of under this name. */
export async function metaOf(tx: Tx, name: string): Promise<string[]> {
  const rows = await tx.sql.all("SELECT key FROM meta WHERE key LIKE ?", [`${name} %`]);
  return rows.map((row) => textIn(row, "key").slice(name.length + 1));
}

/** Everything that is kept of this conversation, whatever its name. */
export async function deleteMetaOf(tx: Tx, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM meta WHERE key LIKE ?", [`% ${conversation}`]);
}

/** A value that is yes or no. It is no JSON. */
export async function findFlag(tx: Tx, key: string): Promise<boolean | undefined> {
  const [row] = await tx.sql.all("SELECT value FROM meta WHERE key = ?", [key]);
  return row && row["value"] !== 0;
}

export async function saveFlag(tx: Tx, key: string, value: boolean): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [key, value ? 1 : 0]);
}

/** Whether this many bytes can be written: rejects when not, and leaves nothing there. */
export async function tryWriting(tx: Tx, bytes: number): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('tried', zeroblob(?))", [bytes]);
  await tx.sql.run("DELETE FROM meta WHERE key = 'tried'");
}

function jsonFrom(json: string, key: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return damaged(key.split(" ")[0] ?? key);
  }
}
