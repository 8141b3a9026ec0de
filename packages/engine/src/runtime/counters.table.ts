/** The table `counters`: self-healing, counted on this device and never sent. */
import type { StorageView } from "../api/views.ts";
import { numberIn, textIn } from "./storage/row.ts";
import type { Tx } from "./context.ts";

export type CounterName = keyof StorageView["counters"];

export async function count(tx: Tx, name: CounterName, by = 1): Promise<void> {
  await tx.sql.run("INSERT INTO counters (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + excluded.n", [
    name,
    by,
  ]);
  tx.changed("storage");
}

export async function readCounters(tx: Tx): Promise<StorageView["counters"]> {
  const counters = {
    cellsExpected: 0,
    cellsOpened: 0,
    gaps: 0,
    undecryptable: 0,
    rejoins: 0,
    duplicates: 0,
    forks: 0,
    ignoredCommits: 0,
    refoundings: 0,
  };
  for (const row of await tx.sql.all("SELECT name, n FROM counters")) {
    counters[textIn(row, "name") as CounterName] = numberIn(row, "n");
  }
  return counters;
}
