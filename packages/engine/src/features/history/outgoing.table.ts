/**
 * The tables of histories that this device gives: to which device, how far it has come in each
 * conversation, and the slices that the other has not confirmed.
 */
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, maybeNumberIn, numberIn, textIn } from "../../runtime/storage/row.ts";

export const OUTGOING: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS histories_given (
     history TEXT PRIMARY KEY, device TEXT NOT NULL, since INTEGER NOT NULL,
     stretches TEXT, -- of the order here, in JSON; null: nothing is planned yet
     conversations INTEGER NOT NULL DEFAULT 0, messages INTEGER NOT NULL DEFAULT 0,
     sent INTEGER NOT NULL DEFAULT 0, -- messages in slices that are stored
     next INTEGER NOT NULL DEFAULT 0, -- the number of the next slice
     end_told INTEGER NOT NULL DEFAULT 0,
     done_at INTEGER) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS history_cursors (
     history TEXT NOT NULL, conversation TEXT NOT NULL, place INTEGER NOT NULL, -- in the list
     before INTEGER NOT NULL, -- what is older is yet to be told
     top INTEGER NOT NULL, -- what is newer came later
     is_recent_told INTEGER NOT NULL DEFAULT 0, is_over INTEGER NOT NULL DEFAULT 0,
     PRIMARY KEY (history, conversation)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS slices_given (
     history TEXT NOT NULL, n INTEGER NOT NULL, conversation TEXT NOT NULL,
     first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
     seed BLOB NOT NULL, length INTEGER NOT NULL,
     is_recent INTEGER NOT NULL, is_last INTEGER NOT NULL,
     state TEXT NOT NULL, -- "planned", "queued", "stored" or "told"
     PRIMARY KEY (history, n)) WITHOUT ROWID`,
];

export interface GivenHistory {
  readonly history: string;
  readonly device: string;
  readonly since: number;
  readonly stretches: readonly number[] | undefined;
  readonly conversations: number;
  readonly messages: number;
  readonly sent: number;
  readonly next: number;
  readonly isEndTold: boolean;
  readonly doneAt: number | undefined;
}

export interface Cursor {
  readonly conversation: string;
  readonly before: number;
  readonly top: number;
}

export type SliceState = "planned" | "queued" | "stored" | "told";

/** A slice, from one place of the order here up to another. */
export interface GivenSlice {
  readonly n: number;
  readonly conversation: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly seed: Uint8Array;
  readonly length: number;
  readonly isRecent: boolean;
  readonly isLast: boolean;
}

const historyFrom = (row: SqlRow): GivenHistory => ({
  history: textIn(row, "history"),
  device: textIn(row, "device"),
  since: numberIn(row, "since"),
  stretches: row["stretches"] === null ? undefined : (JSON.parse(textIn(row, "stretches")) as number[]),
  conversations: numberIn(row, "conversations"),
  messages: numberIn(row, "messages"),
  sent: numberIn(row, "sent"),
  next: numberIn(row, "next"),
  isEndTold: numberIn(row, "end_told") !== 0,
  doneAt: maybeNumberIn(row, "done_at"),
});

const sliceFrom = (row: SqlRow): GivenSlice => ({
  n: numberIn(row, "n"),
  conversation: textIn(row, "conversation"),
  first: numberIn(row, "first"),
  last: numberIn(row, "last"),
  count: numberIn(row, "count"),
  seed: bytesIn(row, "seed"),
  length: numberIn(row, "length"),
  isRecent: numberIn(row, "is_recent") !== 0,
  isLast: numberIn(row, "is_last") !== 0,
});

export async function insertGiven(tx: Tx, history: string, device: string, since: number): Promise<void> {
  await tx.sql.run("INSERT INTO histories_given (history, device, since) VALUES (?, ?, ?)", [history, device, since]);
}

export async function findGiven(tx: Tx, history: string): Promise<GivenHistory | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM histories_given WHERE history = ?", [history]);
  return row && historyFrom(row);
}

export async function listGiven(tx: Tx): Promise<GivenHistory[]> {
  return (await tx.sql.all("SELECT * FROM histories_given ORDER BY since")).map(historyFrom);
}

export async function savePlan(
  tx: Tx,
  history: string,
  plan: { stretches: readonly number[]; conversations: number; messages: number },
): Promise<void> {
  await tx.sql.run("UPDATE histories_given SET stretches = ?, conversations = ?, messages = ? WHERE history = ?", [
    JSON.stringify(plan.stretches),
    plan.conversations,
    plan.messages,
    history,
  ]);
}

export async function saveEndTold(tx: Tx, history: string, isTold: boolean): Promise<void> {
  await tx.sql.run("UPDATE histories_given SET end_told = ? WHERE history = ?", [isTold ? 1 : 0, history]);
}

/** The other has all of it: its slices are forgotten. */
export async function saveGivenDone(tx: Tx, history: string, at: number): Promise<void> {
  await tx.sql.run("UPDATE histories_given SET done_at = ? WHERE history = ?", [at, history]);
  await tx.sql.run("DELETE FROM slices_given WHERE history = ?", [history]);
}

export async function deleteGiven(tx: Tx, history: string): Promise<void> {
  for (const table of ["histories_given", "history_cursors", "slices_given"])
    await tx.sql.run(`DELETE FROM ${table} WHERE history = ?`, [history]);
}

export async function insertCursor(
  tx: Tx,
  history: string,
  cursor: { conversation: string; place: number; newest: number; isEmpty: boolean },
): Promise<void> {
  const { conversation, place, newest, isEmpty } = cursor;
  const told = isEmpty ? 1 : 0;
  await tx.sql.run(
    `INSERT OR IGNORE INTO history_cursors (history, conversation, place, before, top, is_recent_told, is_over)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [history, conversation, place, newest + 1, newest, told, told],
  );
}

/**
 * The next conversation whose last day is yet to be told; else the one with the newest that is
 * left.
 */
export async function findNextCursor(tx: Tx, history: string): Promise<(Cursor & { isRecent: boolean }) | undefined> {
  const [row] = await tx.sql.all(
    `SELECT * FROM history_cursors WHERE history = ? AND NOT is_over
     ORDER BY is_recent_told, CASE WHEN is_recent_told THEN -before ELSE place END LIMIT 1`,
    [history],
  );
  return row && { ...cursorFrom(row), isRecent: numberIn(row, "is_recent_told") === 0 };
}

const cursorFrom = (row: SqlRow): Cursor => ({
  conversation: textIn(row, "conversation"),
  before: numberIn(row, "before"),
  top: numberIn(row, "top"),
});

export async function listCursors(tx: Tx, history: string): Promise<Cursor[]> {
  return (await tx.sql.all("SELECT * FROM history_cursors WHERE history = ?", [history])).map(cursorFrom);
}

export async function saveCursor(
  tx: Tx,
  history: string,
  conversation: string,
  to: { before: number; isRecentTold: boolean; isOver: boolean },
): Promise<void> {
  await tx.sql.run(
    `UPDATE history_cursors SET before = ?, is_recent_told = ?, is_over = ? WHERE history = ? AND conversation = ?`,
    [to.before, to.isRecentTold ? 1 : 0, to.isOver ? 1 : 0, history, conversation],
  );
}

export async function saveTop(tx: Tx, history: string, conversation: string, top: number): Promise<void> {
  const sql = "UPDATE history_cursors SET top = ? WHERE history = ? AND conversation = ?";
  await tx.sql.run(sql, [top, history, conversation]);
}

/** A further slice. Gives its number. */
export async function insertSlice(tx: Tx, history: string, slice: Omit<GivenSlice, "n">): Promise<number> {
  const [row] = await tx.sql.all(
    "UPDATE histories_given SET next = next + 1 WHERE history = ? RETURNING next - 1 AS n",
    [history],
  );
  const n = numberIn(row ?? {}, "n");
  const { conversation, first, last, count, seed, length, isRecent, isLast } = slice;
  await tx.sql.run(
    `INSERT INTO slices_given (history, n, conversation, first, last, count, seed, length, is_recent, is_last, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned')`,
    [history, n, conversation, first, last, count, seed, length, isRecent ? 1 : 0, isLast ? 1 : 0],
  );
  return n;
}

/** It is sealed under this seed, which seals nothing else. */
export async function saveSealed(
  tx: Tx,
  history: string,
  n: number,
  sealed: { seed: Uint8Array; length: number; count: number },
): Promise<void> {
  await tx.sql.run(
    "UPDATE slices_given SET seed = ?, length = ?, count = ?, state = 'queued' WHERE history = ? AND n = ?",
    [sealed.seed, sealed.length, sealed.count, history, n],
  );
}

/** All of its bytes are stored. */
export async function saveStored(tx: Tx, history: string, n: number): Promise<void> {
  const sql =
    "UPDATE slices_given SET state = 'stored' WHERE history = ? AND n = ? AND state = 'queued' RETURNING count";
  const [row] = await tx.sql.all(sql, [history, n]);
  if (row === undefined) return;
  const sent = "UPDATE histories_given SET sent = min(messages, sent + ?) WHERE history = ?";
  await tx.sql.run(sent, [numberIn(row, "count"), history]);
}

export async function saveSliceStates(
  tx: Tx,
  history: string,
  from: SliceState,
  to: SliceState,
  which: { behind?: number; only?: readonly number[] } = {},
): Promise<void> {
  await tx.sql.run(
    `UPDATE slices_given SET state = ? WHERE history = ? AND state = ? AND n >= ?
       AND (? = '' OR n IN (SELECT value FROM json_each(?)))`,
    [to, history, from, which.behind ?? 0, which.only === undefined ? "" : "only", JSON.stringify(which.only ?? [])],
  );
}

export async function listSlices(tx: Tx, history: string, state: SliceState, limit: number): Promise<GivenSlice[]> {
  const sql = "SELECT * FROM slices_given WHERE history = ? AND state = ? ORDER BY n LIMIT ?";
  return (await tx.sql.all(sql, [history, state, limit])).map(sliceFrom);
}
