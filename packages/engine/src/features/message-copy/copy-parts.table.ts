/**
 * The tables of the copy that this device writes: its parts, and which lines of which conversation
 * each of them holds.
 */
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";
import { IN_TOLD, PAST_COLUMNS, pastRowFrom, TOLD, type PastRow } from "../history/past.views.table.ts";

export const WRITTEN: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS copy_parts (
     id INTEGER PRIMARY KEY AUTOINCREMENT, seed BLOB NOT NULL, length INTEGER NOT NULL,
     messages INTEGER NOT NULL, newest INTEGER NOT NULL, -- the place of its newest line
     stored_at INTEGER)`, // by the store's clock, in ms; null: it is on its way
  `CREATE TABLE IF NOT EXISTS copy_spans (
     part INTEGER NOT NULL, conversation TEXT NOT NULL, shared BLOB NOT NULL,
     first INTEGER NOT NULL, last INTEGER NOT NULL, -- places in the order here
     lines TEXT NOT NULL, -- how many lines there were, and sums of their places and actions
     PRIMARY KEY (conversation, first)) WITHOUT ROWID`,
];

/** Lines of one conversation that follow each other. */
export interface Span {
  readonly conversation: string;
  /** The name that all members have for the conversation. */
  readonly shared: Uint8Array;
  readonly first: number;
  readonly last: number;
}

export interface WrittenPart {
  readonly seed: Uint8Array;
  readonly length: number;
  readonly messages: number;
  readonly newest: number;
}

/** A line that is in no part, and whose it is. */
export interface UncopiedRow extends PastRow {
  readonly shared: Uint8Array;
}

/**
 * What is kept of the lines of a span: another when one of them goes, one comes between, or
 * something is done with one.
 */
const LINES = `(SELECT count(*) || ' ' || coalesce(sum((m.ord - s.first) % 4294967291), 0) ||
    coalesce(' ' || sum((SELECT sum(a.sent_at % 4294967291 + 1) FROM actions a
      WHERE a.conversation = m.conversation AND a.target = m.id AND a.kind <> 'gone' AND NOT a.waits)), '')
  FROM messages m WHERE m.conversation = s.conversation AND m.ord BETWEEN s.first AND s.last AND ${TOLD})`;
/** Not in a part. */
const UNCOPIED = `${TOLD} AND ${IN_TOLD} AND coalesce((SELECT s.last FROM copy_spans s
  WHERE s.conversation = m.conversation AND s.first <= m.ord ORDER BY s.first DESC LIMIT 1), -1) < m.ord`;

const partFrom = (row: SqlRow): WrittenPart => ({
  seed: bytesIn(row, "seed"),
  length: numberIn(row, "length"),
  messages: numberIn(row, "messages"),
  newest: numberIn(row, "newest"),
});

/** Lines that are in no part, from below a place on, the newest first. */
export async function listUncopied(
  tx: Tx,
  { before, now, limit }: { before: number; now: number; limit: number },
): Promise<UncopiedRow[]> {
  const rows = await tx.sql.all(
    `SELECT ${PAST_COLUMNS}, m.conversation, c.shared FROM messages m CROSS JOIN conversations c ON c.id = m.conversation
     WHERE m.ord < ?2 AND ${UNCOPIED} ORDER BY m.ord DESC LIMIT ?3`,
    [now, before, limit],
  );
  return rows.map((row) => ({
    ...pastRowFrom(row),
    conversation: textIn(row, "conversation"),
    shared: bytesIn(row, "shared"),
  }));
}

export async function countUncopied(tx: Tx, now: number): Promise<number> {
  const [row] = await tx.sql.all(
    `SELECT count(*) AS n FROM messages m CROSS JOIN conversations c ON c.id = m.conversation WHERE ${UNCOPIED}`,
    [now],
  );
  return numberIn(row ?? {}, "n");
}

/** Where spans of a conversation begin, from one place up to another, in order. */
export async function listSpanStarts(tx: Tx, conversation: string, from: number, to: number): Promise<number[]> {
  const sql = "SELECT first FROM copy_spans WHERE conversation = ? AND first BETWEEN ? AND ? ORDER BY first";
  return (await tx.sql.all(sql, [conversation, from, to])).map((row) => numberIn(row, "first"));
}

/** Gives its number. */
export async function insertPart(tx: Tx, part: WrittenPart, spans: readonly Span[], now: number): Promise<number> {
  const [row] = await tx.sql.all(
    "INSERT INTO copy_parts (seed, length, messages, newest) VALUES (?, ?, ?, ?) RETURNING id",
    [part.seed, part.length, part.messages, part.newest],
  );
  const id = numberIn(row ?? {}, "id");
  for (const { conversation, shared, first, last } of spans)
    await tx.sql.run(
      `INSERT INTO copy_spans (part, conversation, shared, first, last, lines)
       SELECT ?2, s.conversation, ?3, s.first, s.last, ${LINES}
       FROM (SELECT ?4 AS conversation, ?5 AS first, ?6 AS last) s`,
      [now, id, shared, conversation, first, last],
    );
  return id;
}

export async function saveStored(tx: Tx, id: number, at: number): Promise<void> {
  await tx.sql.run("UPDATE copy_parts SET stored_at = ? WHERE id = ?", [at, id]);
}

/** Those that the store has, the newest first. */
export async function listStoredParts(tx: Tx): Promise<WrittenPart[]> {
  const rows = await tx.sql.all("SELECT * FROM copy_parts WHERE stored_at IS NOT NULL ORDER BY newest DESC, id");
  return rows.map(partFrom);
}

/** How many there are, and how long all of them are together. */
export async function measureParts(tx: Tx): Promise<{ count: number; bytes: number }> {
  const [row] = await tx.sql.all("SELECT count(*) AS n, coalesce(sum(length), 0) AS bytes FROM copy_parts");
  return { count: numberIn(row ?? {}, "n"), bytes: numberIn(row ?? {}, "bytes") };
}

export async function deletePart(tx: Tx, id: number): Promise<void> {
  await tx.sql.run("DELETE FROM copy_spans WHERE part = ?", [id]);
  await tx.sql.run("DELETE FROM copy_parts WHERE id = ?", [id]);
}

/** Their seeds are forgotten here. */
export async function deleteAllParts(tx: Tx): Promise<void> {
  await tx.sql.run("DELETE FROM copy_spans");
  await tx.sql.run("DELETE FROM copy_parts");
}

/** Those that hold what is not to be in the copy any more, or lack what came between. */
export async function listOutdated(tx: Tx, now: number): Promise<number[]> {
  const rows = await tx.sql.all(
    `SELECT DISTINCT s.part AS id FROM copy_spans s
     LEFT JOIN conversations c ON c.id = s.conversation AND c.shared = s.shared AND ${IN_TOLD}
     WHERE c.id IS NULL OR s.lines <> ${LINES}`,
    [now],
  );
  return rows.map((row) => numberIn(row, "id"));
}

/** Those that have been in the store since before, the oldest first. */
export async function listAged(tx: Tx, before: number, limit: number): Promise<number[]> {
  const sql = "SELECT id FROM copy_parts WHERE stored_at < ? ORDER BY stored_at LIMIT ?";
  return (await tx.sql.all(sql, [before, limit])).map((row) => numberIn(row, "id"));
}

/** Those with the oldest lines. */
export async function listOldest(tx: Tx, limit: number): Promise<number[]> {
  const sql = "SELECT id FROM copy_parts ORDER BY newest LIMIT ?";
  return (await tx.sql.all(sql, [limit])).map((row) => numberIn(row, "id"));
}

/** Those that are not stored. */
export async function listUnstored(tx: Tx): Promise<number[]> {
  return (await tx.sql.all("SELECT id FROM copy_parts WHERE stored_at IS NULL")).map((row) => numberIn(row, "id"));
}

/** The place of the newest line that is in a part; -1: there is none. */
export async function findNewestCopied(tx: Tx): Promise<number> {
  const [row] = await tx.sql.all("SELECT coalesce(max(newest), -1) AS ord FROM copy_parts");
  return numberIn(row ?? {}, "ord");
}
