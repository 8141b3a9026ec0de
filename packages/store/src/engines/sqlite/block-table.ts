import type { DatabaseSync } from "node:sqlite";
import type { Block, Label } from "@pli/protocol/wire";
import type { BlockPage, PutResult } from "../../storage/storage.ts";
import { sameOutcome } from "../embedded/same-outcome.ts";
import { numberFrom } from "../embedded/sqlite-file.ts";

/** The table of blocks in the file of one day. */
export interface BlockTable {
  put(label: Label, block: Block): PutResult;
  get(label: Label): Block | undefined;
  count(): number;
  /** As Storage's `blocksOn`. A cursor is a row id. */
  after(row: number, max: number): BlockPage;
}

export const openBlockTable = (db: DatabaseSync): BlockTable => {
  const insert = db.prepare("INSERT INTO blocks (label, block) VALUES (?, ?) ON CONFLICT (label) DO NOTHING");
  const select = db.prepare("SELECT block FROM blocks WHERE label = ?");
  const page = db.prepare(
    "SELECT rowid AS row, label, block FROM blocks WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?",
  );
  /** The last row at the first page. */
  let listed = 0;
  const get = (label: Label): Block | undefined => (select.get(label) as { block: Block } | undefined)?.block;
  return {
    put: (label, block) => {
      if (Number(insert.run(label, block).changes) === 1) return { outcome: "created" };
      return sameOutcome(get(label) ?? new Uint8Array(0), block);
    },
    get,
    count: () => numberFrom(db, "SELECT count(*) FROM blocks"),
    after: (row, max) => {
      if (row === 0) listed = numberFrom(db, "SELECT max(rowid) FROM blocks");
      const blocks = page.all(row, listed, max) as unknown as { row: number; label: Label; block: Block }[];
      return { blocks, last: blocks.at(-1)?.row ?? row };
    },
  };
};
