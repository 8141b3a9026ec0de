/**
 * The table `settled_commits`: what won at which label, and what it led to. It shows when a store
 * gives others something else.
 */
import type { Label } from "@pli/protocol/wire";
import type { Tx } from "../runtime/context.ts";
import { bytesIn, numberIn } from "../runtime/storage/row.ts";

/** Epochs whose winning commits are remembered, of each conversation. */
const REMEMBERED = 64;

export async function rememberCommit(
  tx: Tx,
  commit: {
    conversation: string;
    generation: number;
    number: number;
    label: Uint8Array;
    /** SHA-256 of its cell. */
    hash: Uint8Array;
    /** The authenticator of the epoch that it led to. */
    authenticator: Uint8Array;
  },
): Promise<void> {
  const { conversation, generation, number, label, hash, authenticator } = commit;
  await tx.sql.run(
    `INSERT OR REPLACE INTO settled_commits (conversation, generation, epoch_number, label, hash, authenticator)
     VALUES (?, ?, ?, ?, ?, ?)`,
    [conversation, generation, number, label, hash, authenticator],
  );
  await tx.sql.run("DELETE FROM settled_commits WHERE conversation = ? AND (generation < ? OR epoch_number <= ?)", [
    conversation,
    generation,
    number - REMEMBERED,
  ]);
}

/** The epochs that the winning commits of a conversation ended, and at which labels. */
export async function listSettledLabels(tx: Tx, conversation: string): Promise<{ epoch: number; label: Label }[]> {
  const sql = "SELECT epoch_number, label FROM settled_commits WHERE conversation = ?";
  const rows = await tx.sql.all(sql, [conversation]);
  return rows.map((row) => ({ epoch: numberIn(row, "epoch_number"), label: bytesIn(row, "label") as Label }));
}

/** SHA-256 of the cell of the commit that ended this epoch. */
export async function findSettledHash(tx: Tx, conversation: string, epoch: number): Promise<Uint8Array | undefined> {
  const sql = "SELECT hash FROM settled_commits WHERE conversation = ? AND epoch_number = ?";
  const [row] = await tx.sql.all(sql, [conversation, epoch]);
  return row === undefined ? undefined : bytesIn(row, "hash");
}
