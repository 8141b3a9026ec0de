/**
 * The table `pending_commits`: our own commit of an epoch, until it has won or the winner is read.
 * One that lost its label stays as a mark, without its state.
 */
import type { Tx } from "../runtime/context.ts";
import { bytesIn, maybeBytesIn, numberIn } from "../runtime/storage/row.ts";

export interface PendingCommit {
  readonly epoch: number;
  readonly attempt: number;
  /** The group as it leads on. */
  readonly nextState: Uint8Array;
  /** Whether our leaf has other keys then. */
  readonly renews: boolean;
  /** SHA-256 of its cell. */
  readonly hash: Uint8Array;
  readonly body: Uint8Array | undefined;
  readonly welcome: Uint8Array | undefined;
}

export async function insertPendingCommit(tx: Tx, commit: PendingCommit): Promise<void> {
  const { epoch, attempt, nextState, renews, hash, body = null, welcome = null } = commit;
  await tx.sql.run(
    `INSERT INTO pending_commits (epoch, attempt, next_state, renews, hash, body, welcome)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [epoch, attempt, nextState, renews ? 1 : 0, hash, body, welcome],
  );
}

/** Undefined also when it has lost its label. */
export async function findPendingCommit(tx: Tx, epoch: number, attempt: number): Promise<PendingCommit | undefined> {
  const [row] = await tx.sql.all(
    "SELECT next_state, renews, hash, body, welcome FROM pending_commits WHERE epoch = ? AND attempt = ?",
    [epoch, attempt],
  );
  const nextState = row === undefined ? undefined : bytesIn(row, "next_state");
  if (row === undefined || nextState === undefined || nextState.length === 0) return undefined;
  return {
    epoch,
    attempt,
    nextState,
    renews: numberIn(row, "renews") === 1,
    hash: bytesIn(row, "hash"),
    body: maybeBytesIn(row, "body"),
    welcome: maybeBytesIn(row, "welcome"),
  };
}

export async function hasPendingCommit(tx: Tx, epoch: number): Promise<boolean> {
  return (await tx.sql.all("SELECT 1 FROM pending_commits WHERE epoch = ?", [epoch])).length > 0;
}

/** What was said with the own commits of a conversation, also with one that has lost its label. */
export async function listBodies(tx: Tx, conversation: string): Promise<Uint8Array[]> {
  const sql = "SELECT c.body FROM pending_commits c JOIN epochs e ON e.id = c.epoch WHERE e.conversation = ?";
  return (await tx.sql.all(sql, [conversation])).flatMap((row) => maybeBytesIn(row, "body") ?? []);
}

/** Another has its label: what is left of it is a mark. */
export async function markLost(tx: Tx, epoch: number): Promise<void> {
  await tx.sql.run("UPDATE pending_commits SET next_state = x'', welcome = NULL WHERE epoch = ?", [epoch]);
}

/** The epochs whose own commit has lost its label. */
export async function listLost(tx: Tx): Promise<number[]> {
  const rows = await tx.sql.all("SELECT epoch FROM pending_commits WHERE length(next_state) = 0");
  return rows.map((row) => numberIn(row, "epoch"));
}

export async function deletePendingCommit(tx: Tx, epoch: number): Promise<void> {
  await tx.sql.run("DELETE FROM pending_commits WHERE epoch = ?", [epoch]);
}
