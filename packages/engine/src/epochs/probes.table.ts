/** The table `probes`: senders at whose place a cell may be missing, or surely is. */
import type { Tx } from "../runtime/context.ts";
import { numberIn } from "../runtime/storage/row.ts";

/**
 * What may be missing at a chain, saved unless it is nothing: perhaps cells that passed unseen;
 * surely one (the store showed another).
 */
export const [NOTHING, PERHAPS, SURELY] = [0, 1, 2];

export async function findProbe(tx: Tx, epoch: number, leaf: number): Promise<number> {
  const [row] = await tx.sql.all("SELECT probe FROM probes WHERE epoch = ? AND leaf = ?", [epoch, leaf]);
  return row === undefined ? NOTHING : numberIn(row, "probe");
}

/** What is surely missing stays so. */
export async function raiseProbe(tx: Tx, epoch: number, leaf: number, probe: number): Promise<void> {
  await tx.sql.run(
    `INSERT INTO probes (epoch, leaf, probe) VALUES (?, ?, ?)
     ON CONFLICT (epoch, leaf) DO UPDATE SET probe = max(probe, excluded.probe)`,
    [epoch, leaf, probe],
  );
}

export async function saveProbe(tx: Tx, epoch: number, leaf: number, probe: number): Promise<void> {
  if (probe === NOTHING) await tx.sql.run("DELETE FROM probes WHERE epoch = ? AND leaf = ?", [epoch, leaf]);
  else await tx.sql.run("INSERT OR REPLACE INTO probes (epoch, leaf, probe) VALUES (?, ?, ?)", [epoch, leaf, probe]);
}

export async function listProbes(tx: Tx): Promise<{ epoch: number; leaf: number }[]> {
  const rows = await tx.sql.all("SELECT epoch, leaf FROM probes");
  return rows.map((row) => ({ epoch: numberIn(row, "epoch"), leaf: numberIn(row, "leaf") }));
}

export async function deleteProbes(tx: Tx, epoch: number): Promise<void> {
  await tx.sql.run("DELETE FROM probes WHERE epoch = ?", [epoch]);
}
