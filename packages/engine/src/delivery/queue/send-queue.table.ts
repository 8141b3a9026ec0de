/**
 * The table `send_queue`: finished bytes that a store has yet to take, in order within a stream.
 */
import { decodeCbor, encodeCbor, type Put } from "@pli/protocol/object";
import type { Block, Cell, Label } from "@pli/protocol/wire";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, damaged, numberIn, textIn } from "../../runtime/storage/row.ts";

const MAX_PUTS_BYTES = 32 * 1024 * 1024;

/** Puts that leave together. `reference` tells the owner of the stream what they are. */
export interface QueuedItem {
  readonly id: number;
  readonly stream: string;
  readonly store: string;
  readonly reference: string;
  readonly puts: readonly Put[];
}

/** An item as it enters. `isAhead`: it leaves before all others of its stream. */
export interface NewItem extends Omit<QueuedItem, "id"> {
  readonly isAhead?: true;
}

export async function insertItem(tx: Tx, { stream, store, reference, puts, isAhead }: NewItem): Promise<void> {
  await tx.sql.run("INSERT INTO send_queue (stream, store, reference, ahead, puts) VALUES (?, ?, ?, ?, ?)", [
    stream,
    store,
    reference,
    isAhead === true ? 1 : 0,
    encodePuts(puts),
  ]);
}

/** The item of a stream that leaves next. */
export async function findHead(tx: Tx, stream: string): Promise<QueuedItem | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM send_queue WHERE stream = ? ORDER BY ahead DESC, id LIMIT 1", [stream]);
  return row === undefined ? undefined : itemFromRow(row);
}

export async function deleteItem(tx: Tx, id: number): Promise<void> {
  await tx.sql.run("DELETE FROM send_queue WHERE id = ?", [id]);
}

export async function listStreams(tx: Tx): Promise<{ stream: string; store: string }[]> {
  const rows = await tx.sql.all("SELECT DISTINCT stream, store FROM send_queue");
  return rows.map((row) => ({ stream: textIn(row, "stream"), store: textIn(row, "store") }));
}

/** The stores for which something waits. */
export async function listWaitedFor(tx: Tx): Promise<string[]> {
  return (await tx.sql.all("SELECT DISTINCT store FROM send_queue")).map((row) => textIn(row, "store"));
}

/** The references of what waits in a stream. */
export async function listReferences(tx: Tx, stream: string): Promise<string[]> {
  const rows = await tx.sql.all("SELECT reference FROM send_queue WHERE stream = ? ORDER BY id", [stream]);
  return rows.map((row) => textIn(row, "reference"));
}

/**
 * Takes items of a stream back, all or those with these references. One that is being put at this
 * moment is still reported.
 */
export async function withdrawItems(
  tx: Tx,
  stream: string,
  which: (reference: string) => boolean = () => true,
): Promise<void> {
  for (const reference of (await listReferences(tx, stream)).filter(which))
    await tx.sql.run("DELETE FROM send_queue WHERE stream = ? AND reference = ?", [stream, reference]);
}

/** How many items wait, by the first word of their streams. */
export async function countItems(tx: Tx): Promise<Map<string, number>> {
  const rows = await tx.sql.all(
    "SELECT substr(stream, 1, instr(stream, ' ') - 1) AS word, count(*) AS items FROM send_queue GROUP BY word",
  );
  return new Map(rows.map((row) => [textIn(row, "word"), numberIn(row, "items")]));
}

/** Whether something waits for a store in the streams whose names begin with a word. */
export async function isWaitingFor(tx: Tx, store: string, word: string): Promise<boolean> {
  const sql = "SELECT 1 FROM send_queue WHERE store = ? AND stream LIKE ? || ' %' LIMIT 1";
  return (await tx.sql.all(sql, [store, word])).length > 0;
}

/** What was to go to the store at an address goes to another. */
export async function moveItems(tx: Tx, from: string, to: string): Promise<void> {
  await tx.sql.run("UPDATE send_queue SET store = ? WHERE store = ?", [to, from]);
}

export async function moveStream(tx: Tx, stream: string, store: string): Promise<void> {
  await tx.sql.run("UPDATE send_queue SET store = ? WHERE stream = ?", [store, stream]);
}

function itemFromRow(row: SqlRow): QueuedItem {
  return {
    id: numberIn(row, "id"),
    stream: textIn(row, "stream"),
    store: textIn(row, "store"),
    reference: textIn(row, "reference"),
    puts: putsFrom(bytesIn(row, "puts")),
  };
}

function encodePuts(puts: readonly Put[]): Uint8Array {
  return encodeCbor(puts.map((put) => (put.kind === "cell" ? [put.label, put.cell] : [put.label, put.block, true])));
}

function putsFrom(bytes: Uint8Array): Put[] {
  const list = decodeCbor(bytes, MAX_PUTS_BYTES) as [Label, Cell | Block, boolean?][] | undefined;
  if (list === undefined) return damaged("puts");
  return list.map(([label, body, isBlock]) =>
    isBlock === true ? { kind: "block", label, block: body as Block } : { kind: "cell", label, cell: body as Cell },
  );
}
