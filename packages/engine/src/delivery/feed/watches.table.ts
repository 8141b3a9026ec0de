/** The table `watches`: objects that others are to write, until they come or nobody wants them. */
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import type { ObjectPlace } from "../port.ts";

/** An object somebody is to write: who waits for it, under which name, where. */
export interface Watch extends ObjectPlace {
  readonly owner: string;
  readonly name: string;
  readonly store: string;
}

/** How far it is. What is `taken` stays as long as the same object could be shown again. */
export type Stage = "awaited" | "arrived" | "taken";
const STAGES: readonly Stage[] = ["awaited", "arrived", "taken"];

/** One that is there already stays as it is. */
export async function insertWatch(tx: Tx, watch: Watch, stage: Stage, now: number): Promise<void> {
  const { owner, name, store, seed, maxBytes } = watch;
  const row = [owner, name, store, seed, maxBytes, STAGES.indexOf(stage), now];
  await tx.sql.run(
    `INSERT OR IGNORE INTO watches (owner, name, store, seed, max_bytes, stage, since)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    row,
  );
}

export async function findWatch(
  tx: Tx,
  owner: string,
  name: string,
): Promise<{ watch: Watch; stage: Stage } | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM watches WHERE owner = ? AND name = ?", [owner, name]);
  return row && { watch: watchFromRow(row), stage: STAGES[numberIn(row, "stage")] ?? "taken" };
}

export async function listWatches(tx: Tx, stage: Stage): Promise<Watch[]> {
  return (await tx.sql.all("SELECT * FROM watches WHERE stage = ?", [STAGES.indexOf(stage)])).map(watchFromRow);
}

export async function saveStage(tx: Tx, owner: string, name: string, stage: Stage): Promise<void> {
  const row = [STAGES.indexOf(stage), owner, name];
  await tx.sql.run("UPDATE watches SET stage = ? WHERE owner = ? AND name = ?", row);
}

/** One watch of an owner, or all of them. */
export async function deleteWatches(tx: Tx, owner: string, name?: string): Promise<void> {
  if (name === undefined) await tx.sql.run("DELETE FROM watches WHERE owner = ?", [owner]);
  else await tx.sql.run("DELETE FROM watches WHERE owner = ? AND name = ?", [owner, name]);
}

export async function listWatchNames(tx: Tx, owner: string): Promise<string[]> {
  const rows = await tx.sql.all("SELECT name FROM watches WHERE owner = ?", [owner]);
  return rows.map((row) => textIn(row, "name"));
}

/** Of the owners whose names begin with a word; what is as far in the future too. In ms. */
export async function deleteOldWatches(
  tx: Tx,
  word: string,
  { now, olderThan }: { now: number; olderThan: number },
): Promise<void> {
  const sql = "DELETE FROM watches WHERE owner LIKE ? || ' %' AND abs(? - since) > ?";
  await tx.sql.run(sql, [word, now, olderThan]);
}

/** What was to be written at an address is written at another. */
export async function moveWatches(tx: Tx, from: string, to: string): Promise<void> {
  await tx.sql.run("UPDATE watches SET store = ? WHERE store = ?", [to, from]);
}

function watchFromRow(row: SqlRow): Watch {
  return {
    owner: textIn(row, "owner"),
    name: textIn(row, "name"),
    store: textIn(row, "store"),
    seed: bytesIn(row, "seed"),
    maxBytes: numberIn(row, "max_bytes"),
  };
}
