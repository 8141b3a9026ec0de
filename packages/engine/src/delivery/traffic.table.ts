/** The table `traffic`: what a store could count about this client, by the hour since 1970. */
import type { KnowledgeView } from "../api/views.ts";
import type { Tx } from "../runtime/context.ts";
import { numberIn } from "../runtime/storage/row.ts";

export type Hour = KnowledgeView["hours"][number];

export async function addTraffic(tx: Tx, hour: number, counted: Hour): Promise<void> {
  await tx.sql.run(
    `INSERT INTO traffic (hour, cells, blocks, fetched, fed) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (hour) DO UPDATE SET cells = cells + excluded.cells,
       blocks = blocks + excluded.blocks, fetched = fetched + excluded.fetched, fed = fed + excluded.fed`,
    [hour, counted.cellsWritten, counted.blocksWritten, counted.fetched, counted.feedBytes],
  );
}

/** Hours that are at least so far from this one, also in the future, by a clock that was wrong. */
export async function deleteTrafficAround(tx: Tx, hour: number, hours: number): Promise<void> {
  await tx.sql.run("DELETE FROM traffic WHERE abs(? - hour) >= ?", [hour, hours]);
}

/** What was counted behind an hour, by hour. */
export async function listTraffic(tx: Tx, behind: number): Promise<Map<number, Hour>> {
  const rows = await tx.sql.all("SELECT * FROM traffic WHERE hour > ?", [behind]);
  return new Map(
    rows.map((row) => [
      numberIn(row, "hour"),
      {
        cellsWritten: numberIn(row, "cells"),
        blocksWritten: numberIn(row, "blocks"),
        fetched: numberIn(row, "fetched"),
        feedBytes: numberIn(row, "fed"),
      },
    ]),
  );
}
