/**
 * The table `settled_commits`: what won at which label, and what it led to. It shows when a store
 * gives others something else.
 */
import type { Tx } from "../runtime/context.ts";

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
  await tx.sql.run("INSERT OR REPLACE INTO settled_commits VALUES (?, ?, ?, ?, ?, ?)", [
    conversation,
    generation,
    number,
    label,
    hash,
    authenticator,
  ]);
  await tx.sql.run("DELETE FROM settled_commits WHERE conversation = ? AND (generation < ? OR epoch_number <= ?)", [
    conversation,
    generation,
    number - REMEMBERED,
  ]);
}
