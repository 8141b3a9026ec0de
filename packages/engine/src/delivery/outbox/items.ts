import { decodeCbor, encodeCbor, type Put } from "@pli/protocol/object";
import type { Block, Cell, Label } from "@pli/protocol/wire";
import type { Tx } from "../../runtime/context.ts";
import type { SqlRow } from "../../runtime/ports.ts";
import { bytesIn, damaged, maybeBytesIn, numberIn, textIn } from "../../runtime/storage/row.ts";

const MAX_PUTS_BYTES = 32 * 1024 * 1024;

/**
 * What an item is for. `text`, `receipt`, `control` are sealed when their turn comes, under the
 * epoch of that moment; the others bring their puts.
 */
export type Purpose = "text" | "receipt" | "control" | "decoy" | "commit" | "pairing" | "beacon" | "object";

/** One thing to write to a store. Items of a stream leave one after the other, commits first. */
export interface OutboxItem {
  readonly id: number;
  readonly stream: string;
  readonly store: string;
  readonly purpose: Purpose;
  /** What it belongs to, by purpose: a message, an epoch, a pairing and the name of its object. */
  readonly reference: string;
  readonly content: Uint8Array | undefined;
  readonly epoch: number | undefined;
  readonly puts: readonly Put[] | undefined;
}

/** An item as it enters: not sealed yet, or with its puts. */
export type NewItem = Pick<OutboxItem, "stream" | "store" | "purpose" | "reference" | "content" | "puts">;

export async function insertItem(tx: Tx, item: NewItem): Promise<void> {
  const { stream, store, purpose, reference, content, puts } = item;
  await tx.sql.run("INSERT INTO outbox (stream, store, purpose, reference, content, puts) VALUES (?, ?, ?, ?, ?, ?)", [
    stream,
    store,
    purpose,
    reference,
    content ?? null,
    puts === undefined ? null : encodePuts(puts),
  ]);
}

export async function saveSealed(tx: Tx, id: number, epoch: number, puts: readonly Put[]): Promise<void> {
  await tx.sql.run("UPDATE outbox SET epoch = ?, puts = ? WHERE id = ?", [epoch, encodePuts(puts), id]);
}

/** The item of a stream that leaves next: commits first, then in the order they came. */
export async function headOf(tx: Tx, stream: string): Promise<OutboxItem | undefined> {
  const [row] = await tx.sql.all("SELECT * FROM outbox WHERE stream = ? ORDER BY purpose = 'commit' DESC, id LIMIT 1", [
    stream,
  ]);
  return row === undefined ? undefined : itemFromRow(row);
}

function itemFromRow(row: SqlRow): OutboxItem {
  const puts = maybeBytesIn(row, "puts");
  return {
    id: numberIn(row, "id"),
    stream: textIn(row, "stream"),
    store: textIn(row, "store"),
    purpose: textIn(row, "purpose") as Purpose,
    reference: textIn(row, "reference"),
    content: row["content"] === null ? undefined : bytesIn(row, "content"),
    epoch: row["epoch"] === null ? undefined : numberIn(row, "epoch"),
    puts: puts === undefined ? undefined : putsFrom(puts),
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
