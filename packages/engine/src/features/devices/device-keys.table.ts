/**
 * The table `device_keys`: key packages of this person's other devices, each for one conversation.
 */
import type { Tx } from "../../runtime/context.ts";
import { bytesIn, numberIn } from "../../runtime/storage/row.ts";

export const DEVICE_KEYS: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS device_keys (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     device TEXT NOT NULL,
     key_package BLOB NOT NULL,
     conversation TEXT) -- for which it is taken, once it is`,
  `CREATE INDEX IF NOT EXISTS device_keys_of_device ON device_keys (device, conversation)`,
];

export async function insertDeviceKey(tx: Tx, device: string, keyPackage: Uint8Array): Promise<void> {
  await tx.sql.run("INSERT INTO device_keys (device, key_package) VALUES (?, ?)", [device, keyPackage]);
}

/**
 * The one that is taken for this conversation, or else the oldest free one, which it is from now
 * on.
 */
export async function takeDeviceKey(tx: Tx, device: string, conversation: string): Promise<Uint8Array | undefined> {
  const [taken] = await tx.sql.all("SELECT key_package FROM device_keys WHERE device = ? AND conversation = ?", [
    device,
    conversation,
  ]);
  if (taken !== undefined) return bytesIn(taken, "key_package");
  const free = "SELECT min(id) FROM device_keys WHERE device = ? AND conversation IS NULL";
  const [row] = await tx.sql.all(`UPDATE device_keys SET conversation = ? WHERE id = (${free}) RETURNING key_package`, [
    conversation,
    device,
  ]);
  return row && bytesIn(row, "key_package");
}

export async function countFreeDeviceKeys(tx: Tx, device: string): Promise<number> {
  const sql = "SELECT count(*) AS n FROM device_keys WHERE device = ? AND conversation IS NULL";
  const [row] = await tx.sql.all(sql, [device]);
  return numberIn(row ?? {}, "n");
}

/** It has served, or serves for nothing. */
export async function deleteDeviceKey(tx: Tx, device: string, conversation: string): Promise<void> {
  await tx.sql.run("DELETE FROM device_keys WHERE device = ? AND conversation = ?", [device, conversation]);
}

export async function deleteDeviceKeysOf(tx: Tx, device: string): Promise<void> {
  await tx.sql.run("DELETE FROM device_keys WHERE device = ?", [device]);
}
