/** The tables of histories that this device is given, and of the slices that it was told of. */
import type { HistorySlice } from "@pli/protocol/devices";
import { fromHex, toHex } from "@pli/protocol/crypto";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, damaged, maybeBytesIn, maybeNumberIn, numberIn, textIn } from "../../runtime/storage/row.ts";

export const INCOMING: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS histories_taken (
     number INTEGER PRIMARY KEY, -- its window in the order
     history TEXT NOT NULL, source TEXT NOT NULL, -- the device that gives it
     asked_at INTEGER NOT NULL, asks INTEGER NOT NULL DEFAULT 1,
     heard_at INTEGER, conversations INTEGER NOT NULL DEFAULT 0, messages INTEGER NOT NULL DEFAULT 0,
     kept INTEGER NOT NULL DEFAULT 0, -- messages in slices that came
     whole INTEGER NOT NULL DEFAULT 0, -- conversations of which all came
     next INTEGER NOT NULL DEFAULT 0, -- all slices before this one were told
     is_recent_over INTEGER NOT NULL DEFAULT 0, is_end INTEGER NOT NULL DEFAULT 0,
     is_left INTEGER NOT NULL DEFAULT 0, -- another device is asked instead
     done_at INTEGER)`,
  `CREATE TABLE IF NOT EXISTS slices_taken (
     history TEXT NOT NULL, n INTEGER NOT NULL, conversation TEXT NOT NULL, count INTEGER NOT NULL,
     seed BLOB NOT NULL, length INTEGER NOT NULL, is_recent INTEGER NOT NULL, is_last INTEGER NOT NULL,
     state TEXT NOT NULL, -- "told", "held", "kept", "lost" or "given up"
     losses INTEGER NOT NULL DEFAULT 0,
     bytes BLOB, -- of one that is held until its conversation is here
     PRIMARY KEY (history, n))`,
];

export interface TakenHistory {
  readonly number: number;
  readonly history: string;
  readonly source: string;
  readonly askedAt: number;
  readonly asks: number;
  readonly heardAt: number | undefined;
  readonly conversations: number;
  readonly messages: number;
  readonly kept: number;
  readonly whole: number;
  readonly next: number;
  readonly isRecentOver: boolean;
  readonly isEnd: boolean;
  readonly isLeft: boolean;
  readonly doneAt: number | undefined;
}

export type TakenState = "told" | "held" | "kept" | "lost" | "given up";

export interface TakenSlice extends HistorySlice {
  readonly history: string;
  readonly state: TakenState;
  readonly isRecent: boolean;
  readonly losses: number;
  readonly bytes: Uint8Array | undefined;
}

const historyFrom = (row: SqlRow): TakenHistory => ({
  number: numberIn(row, "number"),
  history: textIn(row, "history"),
  source: textIn(row, "source"),
  askedAt: numberIn(row, "asked_at"),
  asks: numberIn(row, "asks"),
  heardAt: maybeNumberIn(row, "heard_at"),
  conversations: numberIn(row, "conversations"),
  messages: numberIn(row, "messages"),
  kept: numberIn(row, "kept"),
  whole: numberIn(row, "whole"),
  next: numberIn(row, "next"),
  isRecentOver: numberIn(row, "is_recent_over") !== 0,
  isEnd: numberIn(row, "is_end") !== 0,
  isLeft: numberIn(row, "is_left") !== 0,
  doneAt: maybeNumberIn(row, "done_at"),
});

const sliceFrom = (row: SqlRow): TakenSlice => ({
  history: textIn(row, "history"),
  n: numberIn(row, "n"),
  conversation: fromHex(textIn(row, "conversation")) ?? damaged("slice"),
  count: numberIn(row, "count"),
  seed: bytesIn(row, "seed"),
  length: numberIn(row, "length"),
  isRecent: numberIn(row, "is_recent") !== 0,
  isLast: numberIn(row, "is_last") !== 0,
  state: textIn(row, "state") as TakenState,
  losses: numberIn(row, "losses"),
  bytes: maybeBytesIn(row, "bytes"),
});

/** Gives its number. */
export async function insertTaken(tx: Tx, history: string, source: string, at: number): Promise<void> {
  await tx.sql.run(
    `INSERT INTO histories_taken (number, history, source, asked_at)
     VALUES ((SELECT coalesce(max(number) + 1, 0) FROM histories_taken), ?, ?, ?)`,
    [history, source, at],
  );
}

/** The one that this device asked for last. */
export async function findLastTaken(tx: Tx): Promise<TakenHistory | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM histories_taken ORDER BY number DESC LIMIT 1");
  return row && historyFrom(row);
}

export async function saveAsked(tx: Tx, history: string, at: number): Promise<void> {
  await tx.sql.run("UPDATE histories_taken SET asked_at = ?, asks = asks + 1 WHERE history = ?", [at, history]);
}

export async function saveHeard(
  tx: Tx,
  history: string,
  heard: { at: number; conversations: number; messages: number; next: number; isRecentOver: boolean; isEnd: boolean },
): Promise<void> {
  await tx.sql.run(
    `UPDATE histories_taken SET heard_at = ?, asks = 1, conversations = ?, messages = ?, next = max(next, ?),
       is_recent_over = max(is_recent_over, ?), is_end = max(is_end, ?) WHERE history = ?`,
    [
      heard.at,
      heard.conversations,
      heard.messages,
      heard.next,
      heard.isRecentOver ? 1 : 0,
      heard.isEnd ? 1 : 0,
      history,
    ],
  );
}

export async function saveCame(
  tx: Tx,
  history: string,
  came: { at: number; count: number; isWhole: boolean },
): Promise<void> {
  await tx.sql.run(
    `UPDATE histories_taken SET heard_at = ?, kept = min(messages, kept + ?), whole = min(conversations, whole + ?)
     WHERE history = ?`,
    [came.at, came.count, came.isWhole ? 1 : 0, history],
  );
}

/** It is over: all of it is here, or another device is asked. Its slices are forgotten. */
export async function saveTakenOver(tx: Tx, history: string, how: { doneAt: number } | "left"): Promise<void> {
  if (how === "left") await tx.sql.run("UPDATE histories_taken SET is_left = 1 WHERE history = ?", [history]);
  else await tx.sql.run("UPDATE histories_taken SET done_at = ? WHERE history = ?", [how.doneAt, history]);
  await tx.sql.run("DELETE FROM slices_taken WHERE history = ?", [history]);
}

/**
 * A slice that the other device names, or names again under another seed. What is here already
 * stays.
 */
export async function saveTold(tx: Tx, history: string, slice: HistorySlice, isRecent: boolean): Promise<void> {
  const { n, conversation, count, seed, length, isLast } = slice;
  await tx.sql.run(
    `INSERT INTO slices_taken (history, n, conversation, count, seed, length, is_recent, is_last, state)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'told')
     ON CONFLICT (history, n) DO UPDATE SET conversation = excluded.conversation, count = excluded.count,
       seed = excluded.seed, length = excluded.length, state = 'told' WHERE state IN ('told', 'lost')`,
    [history, n, toHex(conversation), count, seed, length, isRecent ? 1 : 0, isLast ? 1 : 0],
  );
}

export async function findTakenSlice(tx: Tx, history: string, n: number): Promise<TakenSlice | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM slices_taken WHERE history = ? AND n = ?", [history, n]);
  return row && sliceFrom(row);
}

export async function listTakenSlices(
  tx: Tx,
  history: string,
  state: TakenState,
  limit: number,
): Promise<TakenSlice[]> {
  const sql = "SELECT * FROM slices_taken WHERE history = ? AND state = ? ORDER BY n LIMIT ?";
  return (await tx.sql.all(sql, [history, state, limit])).map(sliceFrom);
}

export async function saveTaken(
  tx: Tx,
  { history, n }: Pick<TakenSlice, "history" | "n">,
  { state, bytes }: { state: TakenState; bytes?: Uint8Array | undefined },
): Promise<void> {
  await tx.sql.run("UPDATE slices_taken SET state = ?, bytes = ?, losses = losses + ? WHERE history = ? AND n = ?", [
    state,
    bytes ?? null,
    state === "lost" ? 1 : 0,
    history,
    n,
  ]);
}

/** How many slices are in each state. */
export async function countTaken(tx: Tx, history: string): Promise<ReadonlyMap<TakenState, number>> {
  const sql = "SELECT state, count(*) AS n FROM slices_taken WHERE history = ? GROUP BY state";
  const rows = await tx.sql.all(sql, [history]);
  return new Map(rows.map((row) => [textIn(row, "state") as TakenState, numberIn(row, "n")]));
}

/** Slices of the last days that were named and are not here. */
export async function countRecentAwaited(tx: Tx, history: string): Promise<number> {
  const [row] = await tx.sql.all(
    "SELECT count(*) AS n FROM slices_taken WHERE history = ? AND is_recent AND state IN ('told', 'held', 'lost')",
    [history],
  );
  return numberIn(row ?? {}, "n");
}

/** Of the slices before `next`, the first that are lost, or of which nothing was heard. */
export async function listMissing(tx: Tx, history: string, next: number, limit: number): Promise<number[]> {
  const rows = await tx.sql.all("SELECT n, state FROM slices_taken WHERE history = ? ORDER BY n", [history]);
  const states = new Map(rows.map((row) => [numberIn(row, "n"), textIn(row, "state")]));
  const missing: number[] = [];
  for (let n = 0; n < next && missing.length < limit; n++)
    if (!states.has(n) || states.get(n) === "lost") missing.push(n);
  return missing;
}
