/** The table `self_entries`: the values that all devices of this person have. */
import type { SelfEntry } from "@pli/protocol/self";
import type { Tx } from "../runtime/context.ts";
import type { SqlRow } from "../runtime/ports.ts";
import { bytesIn, numberIn, textIn } from "../runtime/storage/row.ts";

export const SELF_ENTRIES: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS self_entries (
     key TEXT PRIMARY KEY, value BLOB NOT NULL, at INTEGER NOT NULL, count INTEGER NOT NULL, device BLOB NOT NULL)
     WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS self_entries_by_time ON self_entries (at, count)`,
];

export async function findSelfEntry(tx: Tx, key: string): Promise<SelfEntry | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM self_entries WHERE key = ?", [key]);
  return row === undefined ? undefined : entryFromRow(row);
}

export async function saveSelfEntry(tx: Tx, { key, value, at, count, device }: SelfEntry): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO self_entries (key, value, at, count, device) VALUES (?, ?, ?, ?, ?)", [
    key,
    value,
    at,
    count,
    device,
  ]);
}

export async function listSelfEntries(tx: Tx): Promise<SelfEntry[]> {
  return (await tx.sql.all("SELECT * FROM self_entries ORDER BY key")).map(entryFromRow);
}

/** The latest moment of any of them. */
export async function latestSelfStamp(tx: Tx): Promise<{ at: number; count: number }> {
  const [row] = await tx.sql.all("SELECT at, count FROM self_entries ORDER BY at DESC, count DESC LIMIT 1");
  return row === undefined ? { at: 0, count: 0 } : { at: numberIn(row, "at"), count: numberIn(row, "count") };
}

const entryFromRow = (row: SqlRow): SelfEntry => ({
  key: textIn(row, "key"),
  value: bytesIn(row, "value"),
  at: numberIn(row, "at"),
  count: numberIn(row, "count"),
  device: bytesIn(row, "device"),
});
