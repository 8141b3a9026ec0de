/** The table of the parts that come to this device after it was restored. */
import type { CopyPart } from "@pli/protocol/recovery";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, numberIn } from "../../runtime/storage/row.ts";

export const RESTORED: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS restored_parts (
     n INTEGER PRIMARY KEY, -- its place in the list: the newest first
     seed BLOB NOT NULL, length INTEGER NOT NULL, count INTEGER NOT NULL,
     losses INTEGER NOT NULL DEFAULT 0)`, // how often it was asked for in vain
];

export interface RestoredPart extends CopyPart {
  readonly n: number;
  readonly losses: number;
}

const partFrom = (row: SqlRow): RestoredPart => ({
  n: numberIn(row, "n"),
  seed: bytesIn(row, "seed"),
  length: numberIn(row, "length"),
  count: numberIn(row, "count"),
  losses: numberIn(row, "losses"),
});

export async function insertAwaited(tx: Tx, n: number, { seed, length, count }: CopyPart): Promise<void> {
  await tx.sql.run("INSERT INTO restored_parts (n, seed, length, count) VALUES (?, ?, ?, ?)", [n, seed, length, count]);
}

/** The next that is not here: first those that were asked for the least often. */
export async function findAwaited(tx: Tx): Promise<RestoredPart | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM restored_parts ORDER BY losses, n LIMIT 1");
  return row && partFrom(row);
}

export async function isAwaited(tx: Tx, n: number): Promise<boolean> {
  return (await tx.sql.all("SELECT 1 FROM restored_parts WHERE n = ?", [n])).length > 0;
}

export async function noteLoss(tx: Tx, n: number): Promise<void> {
  await tx.sql.run("UPDATE restored_parts SET losses = losses + 1 WHERE n = ?", [n]);
}

/** It is here, or will not come. */
export async function deleteAwaited(tx: Tx, n: number): Promise<void> {
  await tx.sql.run("DELETE FROM restored_parts WHERE n = ?", [n]);
}
