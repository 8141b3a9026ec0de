/** The table `arrived`: cells that stand at labels of an epoch and are not opened yet. */
import type { Cell } from "@pli/protocol/wire";
import type { Tx } from "../runtime/context.ts";
import { bytesIn, numberIn } from "../runtime/storage/row.ts";

/** A commit's cell is kept under this leaf, which no member has; its step is the attempt. */
export const COMMIT_LEAF = -1;

/** Where a cell stands: under a sender's label of an epoch. */
interface Standing {
  readonly epoch: number;
  readonly leaf: number;
  readonly step: number;
}

/** What stands at a label first is all that ever will: a second cell is not kept. */
export async function keepCell(tx: Tx, { epoch, leaf, step }: Standing, cell: Cell): Promise<void> {
  await tx.sql.run("INSERT OR IGNORE INTO arrived (epoch, leaf, step, cell) VALUES (?, ?, ?, ?)", [
    epoch,
    leaf,
    step,
    cell,
  ]);
}

/** What the store gave when it was asked stands for what its feed showed. */
export async function replaceCell(tx: Tx, { epoch, leaf, step }: Standing, cell: Cell): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO arrived (epoch, leaf, step, cell) VALUES (?, ?, ?, ?)", [
    epoch,
    leaf,
    step,
    cell,
  ]);
}

export async function findCell(tx: Tx, { epoch, leaf, step }: Standing): Promise<Cell | undefined> {
  const sql = "SELECT cell FROM arrived WHERE epoch = ? AND leaf = ? AND step = ?";
  const [row] = await tx.sql.all(sql, [epoch, leaf, step]);
  return row === undefined ? undefined : (bytesIn(row, "cell") as Cell);
}

/** The cells of a sender, in order. */
export async function listCells(tx: Tx, epoch: number, leaf: number): Promise<{ step: number; cell: Cell }[]> {
  const sql = "SELECT step, cell FROM arrived WHERE epoch = ? AND leaf = ? ORDER BY step";
  const rows = await tx.sql.all(sql, [epoch, leaf]);
  return rows.map((row) => ({ step: numberIn(row, "step"), cell: bytesIn(row, "cell") as Cell }));
}

/** The steps at which cells of a sender are kept, from one on, in order. */
export async function listSteps(tx: Tx, { epoch, leaf, step }: Standing): Promise<number[]> {
  const sql = "SELECT step FROM arrived WHERE epoch = ? AND leaf = ? AND step >= ? ORDER BY step";
  return (await tx.sql.all(sql, [epoch, leaf, step])).map((row) => numberIn(row, "step"));
}

/** The last step at which a cell of a sender is kept; -1 when there is none. */
export async function lastStep(tx: Tx, epoch: number, leaf: number): Promise<number> {
  const sql = "SELECT coalesce(max(step), -1) AS step FROM arrived WHERE epoch = ? AND leaf = ?";
  const [row] = await tx.sql.all(sql, [epoch, leaf]);
  return numberIn(row ?? {}, "step");
}

/** Every sender of whom a cell waits. */
export async function listSenders(tx: Tx): Promise<{ epoch: number; leaf: number }[]> {
  const rows = await tx.sql.all("SELECT DISTINCT epoch, leaf FROM arrived WHERE leaf <> ?", [COMMIT_LEAF]);
  return rows.map((row) => ({ epoch: numberIn(row, "epoch"), leaf: numberIn(row, "leaf") }));
}

/** The epochs at whose commit labels a cell waits. */
export async function listEpochsWithCommit(tx: Tx): Promise<number[]> {
  const rows = await tx.sql.all("SELECT DISTINCT epoch FROM arrived WHERE leaf = ?", [COMMIT_LEAF]);
  return rows.map((row) => numberIn(row, "epoch"));
}

export async function deleteCellsBefore(tx: Tx, { epoch, leaf, step }: Standing): Promise<void> {
  await tx.sql.run("DELETE FROM arrived WHERE epoch = ? AND leaf = ? AND step < ?", [epoch, leaf, step]);
}

export async function deleteCommitCells(tx: Tx, epoch: number): Promise<void> {
  await tx.sql.run("DELETE FROM arrived WHERE epoch = ? AND leaf = ?", [epoch, COMMIT_LEAF]);
}

export async function deleteCells(tx: Tx, epoch: number): Promise<void> {
  await tx.sql.run("DELETE FROM arrived WHERE epoch = ?", [epoch]);
}
