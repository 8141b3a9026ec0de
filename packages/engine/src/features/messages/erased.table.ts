/** The table `erased`: which messages were erased here, by author, so that none comes back. */
import type { Tx } from "../../runtime/context.ts";
import { textIn } from "../../runtime/storage/row.ts";

/** `mark`: a short hash of what the author wrote. */
export async function insertErased(tx: Tx, author: string, mark: Uint8Array, at: number): Promise<void> {
  await tx.sql.run("INSERT OR REPLACE INTO erased (author, mark, at) VALUES (?, ?, ?)", [author, mark, at]);
}

export async function isErased(tx: Tx, author: string, mark: Uint8Array): Promise<boolean> {
  return (await tx.sql.all("SELECT 1 FROM erased WHERE author = ? AND mark = ?", [author, mark])).length > 0;
}

/** Whether anything was erased here. */
export const isAnyErased = async (tx: Tx): Promise<boolean> =>
  (await tx.sql.all("SELECT 1 FROM erased LIMIT 1")).length > 0;

/** Forgets what was erased more than `ms` from now, before or after. */
export async function deleteErasedAround(tx: Tx, now: number, ms: number): Promise<void> {
  await tx.sql.run("DELETE FROM erased WHERE abs(? - at) > ?", [now, ms]);
}

/** Of each author only the newest `most` are remembered. */
export async function boundErased(tx: Tx, most: number): Promise<void> {
  const many = "SELECT author FROM erased GROUP BY author HAVING count(*) > ?";
  for (const row of await tx.sql.all(many, [most])) {
    const author = textIn(row, "author");
    await tx.sql.run(
      `DELETE FROM erased WHERE author = ?
         AND at < (SELECT at FROM erased WHERE author = ? ORDER BY at DESC LIMIT 1 OFFSET ?)`,
      [author, author, most - 1],
    );
  }
}
